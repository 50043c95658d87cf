"""What the donors brief leads with: its headline numbers and its finding."""

from __future__ import annotations

import pandas as pd

from workbench.disclosure import rounded_count, rounded_share, rounded_sum, sum_is_safe
from workbench.donors.segments import N_QUINTILES, SEGMENT_NAMES
from workbench.donors.value.draws import EVERYBODY
from workbench.donors.value.period import Period
from workbench.donors.valued import Valued
from workbench.exhibits import Words
from workbench.measures import Measure
from workbench.pages.donors.forecast import held_ratio, trial_verdict, trial_words
from workbench.pages.donors.money import n_givers
from workbench.pages.donors.who import segment_table
from workbench.settings import Campaign, Disclosure
from workbench.silence import ended_words

MONEY_UNIT = "hundredths of the currency"
# What the title of the forecast says where the last period does not bear it out.
TRIAL_TITLES = {"untried": " (not tested)", "gifts": " (failed its test)",
                "money": " (failed its test)"}


def donor_measures(valued: Valued, *, period: Period) -> list[Measure]:
    """Return the headline numbers of the donors brief, before they are protected.

    A sum that one or two donors dominate is left out (None).
    """
    donors = valued.donors
    n = len(donors)
    by_giver = valued.settled.groupby("giver_key")["counted_minor"].sum()
    total = int(by_giver.sum()) if sum_is_safe(by_giver) else None
    coming = _expected_money(valued)
    doubt = TRIAL_TITLES.get(trial_verdict(valued), "") if coming[0] is not None else ""
    return [
        Measure("raised_net", "Raised, net", total, "money", MONEY_UNIT,
                "Gifts of individuals less refunds, each counted once.",
                n=n_givers(valued.settled), population="givers", column="raised_minor"),
        Measure("n_donors", "Donors", n, "count", "donors",
                "People with net gifts above zero, each counted once.", n=n, population="donors"),
        Measure("expected_value", f"Expected in {period.days} days{doubt}", coming[0], "money",
                MONEY_UNIT, "Money that donors of today are expected to give in the next "
                "period, without new donors and special offers.", n=n, low=coming[1],
                high=coming[2], population="donors", column="value_minor"),
        Measure("given_before", "Same months a year before", _given_before(valued), "money",
                MONEY_UNIT, "Money that donors known a year ago gave in the same months then; "
                "to compare the forecast with.", n=_n_before(valued),
                population="donors of a year before", column="given_minor"),
        Measure("top_fifth_share", "From the top fifth", _top_fifth_share(donors), "share",
                "share of money", "Part of all money that the largest fifth of donors gave; "
                "higher is more dependent on few.", n=n),
    ]


def finding(
    valued: Valued, profile: Disclosure, *, campaign: Campaign, period: Period
) -> Words:
    """Return title, bottom line and decision of the donors brief, in words with shown numbers.

    Nothing is planned on a forecast that failed on the last period, or was not tried on it.
    """
    donors = valued.donors
    if valued.settled.empty or len(donors) < profile.percentage_base_min:
        title, bottom_line = (
            ("No gift is on file",
             "No file of donations gave a row, so nothing can be said of who gives.")
            if valued.settled.empty else
            ("Too few donors to describe",
             "The accepted files hold too few donors for any figure to be shown."))
        return {"title": title, "bottom_line": bottom_line, "decision":
                "Add a donations source, or check why its rows were set aside."}
    coming = _expected_money(valued)
    if not rounded_sum(coming[0]):
        return _without_forecast(valued, profile, campaign=campaign)
    if (told := trial_words(valued, profile, period=period)) is not None:
        return _not_to_plan_on(valued, profile, period=period, told=told)
    middle, low, high = (f"{campaign.currency_code} {(rounded_sum(end) or 0) / 100:,.0f}"
                         for end in coming)
    return {
        "title": f"Today's donors should give {middle} in the next {period.days} days",
        "bottom_line": (
            f"With {period.level:.0%} chance it is {low} to {high}, without new donors. "
            f"{_before_told(valued, profile, currency_code=campaign.currency_code)}"
            f"{_monthly_told(valued)}{_held_told(valued, profile)}{_lapsed_told(donors, profile)}"
        ).strip(),
        "decision": f"Plan on {low}, and choose whether the next appeal goes to donors at risk "
                    "or to lapsed ones first.",
    }


def _expected_money(valued: Valued) -> tuple[float | None, float | None, float | None]:
    """Return the money expected of all donors and the ends of its interval."""
    each = valued.donors["value_minor"].fillna(0)
    rows = valued.sums[valued.sums["segment_code"] == EVERYBODY]
    if not valued.forecasts or rows.empty or not sum_is_safe(each):
        return None, None, None
    row = rows.iloc[0]
    return row["value_minor"], row["value_minor_low"], row["value_minor_high"]


def _given_before(valued: Valued) -> float | None:
    """Return the money of the same months a year before, where it gives nobody away."""
    if valued.before is None or not sum_is_safe(valued.before.donors["given_minor"]):
        return None
    return float(valued.before.donors["given_minor"].sum())


def _n_before(valued: Valued) -> int:
    return 0 if valued.before is None else int((valued.before.donors["n_gifts"] > 0).sum())


def _before_told(valued: Valued, profile: Disclosure, *, currency_code: str) -> str:
    """Return a sentence on the same months a year before, where their money may be shown."""
    given = rounded_sum(_given_before(valued))
    if not given or rounded_count(_n_before(valued), profile) is None:
        return ""
    return (f"In the same months a year before, donors known then gave {currency_code} "
            f"{given / 100:,.0f}. ")


def _held_told(valued: Valued, profile: Disclosure) -> str:
    ratio = held_ratio(valued, profile)
    return (f"For the last period the same method predicted {round(100 / ratio):d} gifts for "
            "every 100 that were given. ") if ratio else ""


def _monthly_told(valued: Valued) -> str:
    """Return a sentence on how much of the money recurring gifts are to bring, if it may be."""
    codes = {one.rhythm.code: one.donors["value_minor"] for one in valued.forecasts}
    if "monthly" not in codes or not sum_is_safe(codes["monthly"]):
        return ""
    total = sum(values.sum() for values in codes.values())
    return f"Recurring gifts bring {codes['monthly'].sum() / total:.0%} of it. "


def _not_to_plan_on(
    valued: Valued, profile: Disclosure, *, period: Period, told: str
) -> Words:
    """Return the finding where the same method failed on the last period, or had none."""
    has_failed = valued.held_out.has_forecast
    title = ("The forecast of gifts failed its own test: do not plan on it" if has_failed else
             "The forecast of gifts has not been tested: do not plan on it yet")
    return {
        "title": title,
        "bottom_line": f"{told} What it says of the next {period.days} days stands below and is "
                       f"not to be relied on. {_lapsed_told(valued.donors, profile)}".strip(),
        "decision": "Find out what changed in giving before a budget rests on this forecast; "
                    "until then plan on what is pledged." if has_failed else
                    "Plan on what is pledged until the files cover two such periods.",
    }


def _without_forecast(
    valued: Valued, profile: Disclosure, *, campaign: Campaign
) -> Words:
    n_donors, share = len(valued.donors), _top_fifth_share(valued.donors)
    top = None if share is None else rounded_share(share * n_donors, n_donors, profile)
    gave = ("Their gifts are known, what they will give is not" if top is None else
            f"The top fifth of donors gave {top:.0%} of the money")
    if valued.has_ended:
        ended = ended_words("The gifts on file", valued.seen_on, campaign.as_of)
        return {
            "title": f"The gifts on file end in {valued.seen_on:%B %Y}: no forecast can be made",
            "bottom_line": f"{ended} What donors have done since is not known; who gave lately, "
                           f"and who lapsed, is as of that month. {gave}.",
            "decision": "Bring the gifts since then, or set as_of to the day on which the file "
                        "was made.",
        }
    return {
        "title": gave,
        "bottom_line": f"{gave}, net of refunds and double counts. No forecast may be shown. "
                       f"{_lapsed_told(valued.donors, profile)}".strip(),
        "decision": "Choose whether the next appeal goes to lapsed donors or to regular ones.",
    }


def _lapsed_told(donors: pd.DataFrame, profile: Disclosure) -> str:
    shares = segment_table(donors, profile).set_index("segment_name")["donor_share"]
    share = shares[SEGMENT_NAMES["lapsed"]]
    return "" if pd.isna(share) else f"{share:.0%} of all donors have lapsed."


def _top_fifth_share(donors: pd.DataFrame) -> float | None:
    total = donors["net_minor"].sum()
    top = donors.loc[donors["value_quintile"] == N_QUINTILES, "net_minor"]
    if not total or top.empty or not sum_is_safe(top):
        return None
    return round(float(top.sum() / total), 2)
