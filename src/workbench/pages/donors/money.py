"""Which money counts: every account, the steps from all rows to the total, and by month."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from workbench.disclosure import (
    N_LARGEST,
    Shape,
    exempt,
    protect,
    rounded_count,
    rounded_rows,
    rounded_sum,
    sum_is_safe,
)
from workbench.donors.gifts import COUNTED_GIFTS, RETURNED, reconcile_money
from workbench.exhibits import Words, no_chart
from workbench.settings import Disclosure
from workbench.tables.codes import ACCOUNTS

JUDGES = ("largest_minor", "two_largest_minor")
MONEY_SHAPE = Shape(basis="n_donors", counts=("n_donors",), sums={"raised_minor": JUDGES},
                    is_disjoint=False)
ACCOUNT_RULE = "money of accounts: each safe, and what is left over of the total as well"
REPORTED, REST, RAISED = "All rows but refunds", "All else that does not count", "Raised, net"
STEP_NAMES = {code: one.step for code, one in ACCOUNTS.items() if one.step}


def account_table(settled: pd.DataFrame, profile: Disclosure) -> pd.DataFrame:
    """Return one row an account of ACCOUNTS: ``account_name``, ``n_rows``, ``money_minor``.

    Money is the size of what the account holds (a refund counts up), as it may be shown; the
    rows are rounded, since most are gifts of people; a few stand as they are.
    """
    accounts = reconcile_money(settled)
    is_open = accounts["account_code"].isin(_open_accounts(settled, profile))
    sizes = [rounded_sum(size) for size in accounts["amount_minor"].abs()]
    money = pd.Series(sizes, dtype="Int64").where(is_open)
    is_nothing = (accounts["n_rows"] == 0) | (accounts["account_code"] == "zero")
    accounts["money_minor"] = money.mask(is_nothing, 0)
    accounts["n_rows"] = [rounded_rows(n, profile) for n in accounts["n_rows"]]
    shown = accounts[["account_name", "n_rows", "money_minor"]]
    exempt(shown, "rounded rows of files by technical reason", "n_rows")
    return exempt(shown, ACCOUNT_RULE, "money_minor")


def account_words(settled: pd.DataFrame, profile: Disclosure) -> str:
    """Return the period of the accounts, and about how many gifts that count name nobody."""
    is_gift = settled["account_code"].isin(COUNTED_GIFTS)
    n_nameless = int((is_gift & settled["person_id"].isna()).sum())
    if not n_nameless:
        return period_of(settled)
    about = rounded_count(n_nameless, profile)
    told = f"under {profile.cell_min}" if about is None else f"{about:,}"
    return (f"{period_of(settled)}; of the gifts {told} name nobody: their money counts, "
            "but they are not linked to a donor")


def waterfall_table(settled: pd.DataFrame, profile: Disclosure) -> pd.DataFrame:
    """Return one row a step from all that is reported to what was raised, as it may be shown.

    Columns: ``step_name``, ``change_minor`` (hundredths of the currency; negative takes away)
    and ``is_total``. The first bar is what adding up all rows but the refunds that count would
    give. Accounts that may not be shown each are one step together.
    """
    exact = reconcile_money(settled).set_index("account_code")["amount_minor"]
    change = exact[list(STEP_NAMES)].map(lambda amount: -amount)
    change[list(RETURNED)] = exact[list(RETURNED)]
    raised = int(settled["counted_minor"].sum())
    is_open = change.index.isin(_open_accounts(settled, profile))
    steps = [(STEP_NAMES[str(code)], amount, False) for code, amount in change[is_open].items()]
    rest = change[~is_open]
    steps += [(REST, int(rest.sum()), False)] if rest.any() else []
    rows = [(REPORTED, raised - int(change.sum()), True), *steps, (RAISED, raised, True)]
    frame = pd.DataFrame(rows, columns=["step_name", "change_minor", "is_total"])
    is_safe = (rounded_count(n_givers(settled), profile) is not None
               and sum_is_safe(settled.groupby("giver_key")["counted_minor"].sum()))
    shown = [rounded_sum(amount) if is_safe else None for amount in frame["change_minor"]]
    steps_shown = frame.assign(change_minor=pd.Series(shown, dtype="Int64"))
    return exempt(steps_shown, ACCOUNT_RULE, "change_minor")


def waterfall_words(steps: pd.DataFrame, *, place: str, period: str) -> Words:
    """Return the words of the chart of how all that is reported leads to what was raised."""
    first, last = steps["change_minor"].iloc[[0, -1]]
    title = "Too few givers to show the money"
    if pd.notna(first) and pd.notna(last) and first > 0:
        title = (f"Adding all rows up would overstate by {first / last - 1:.0%}" if last > 0
                 else "Refunds and repeats leave no money")
    falls = steps[~steps["is_total"]].dropna(subset=["change_minor"])
    listed = ", ".join(falls["step_name"]).lower() or "nothing"
    return {
        "title": title, "subtitle": f"Money of all rows to money raised, net, {place}, {period}",
        "alt_text": f"Steps from all rows as reported down to what was raised, net; taken away "
                    f"are: {listed}.",
    }


def giving_by_month(
    settled: pd.DataFrame, profile: Disclosure, *, as_of: dt.date
) -> pd.DataFrame:
    """Return one row a calendar month with ``month_date``, ``n_donors`` and ``raised_minor``.

    Net of refunds in the month in which they were made; as it may be shown. The month of the
    build is left out until its last day: part of a month would look like a fall.
    """
    tomorrow = pd.Timestamp(as_of) + pd.Timedelta(days=1)
    is_over = settled["donation_date"] < tomorrow.to_period("M").to_timestamp()
    counted = settled[(settled["counted_minor"] != 0) & is_over]
    month = counted["donation_date"].dt.to_period("M").dt.to_timestamp()
    by_donor = (
        counted.assign(month_date=month)
        .groupby(["month_date", "giver_key"])["counted_minor"].sum().rename("minor").reset_index()
    )
    rows = money_by(by_donor, "month_date").reset_index()
    return protect(rows, profile, shape=MONEY_SHAPE)


def month_words(months: pd.DataFrame, *, place: str, currency_code: str) -> Words:
    """Return the words of the chart of money raised by month."""
    shown = months.dropna(subset=["raised_minor"])
    if shown.empty:
        return no_chart("No month has enough donors to show")
    best = shown["month_date"].iloc[shown["raised_minor"].astype("int64").argmax()]
    first, last = (f"{end:%B %Y}" for end in shown["month_date"].agg(["min", "max"]))
    return {
        "title": f"Giving was highest in {best:%B %Y}",
        "subtitle": f"Gifts less refunds by full calendar month, {place}, {currency_code}, "
                    f"{first} to {last}",
        "alt_text": f"A line of money raised by month from {first} to {last}, "
                    f"highest in {best:%B %Y}.",
    }


def period_of(settled: pd.DataFrame) -> str:
    """Return the months that the counted gifts cover, such as 'January 2024 to May 2026'."""
    dates = settled.loc[settled["counted_minor"] != 0, "donation_date"].dropna()
    if dates.empty:
        return "no gift yet"
    return f"{dates.min():%B %Y} to {dates.max():%B %Y}"


def money_by(rows: pd.DataFrame, key: str) -> pd.DataFrame:
    """Sum column ``minor`` by ``key`` with what judges whether the sum may be shown."""
    groups = rows.groupby(key)["minor"]
    ranked = rows.assign(place=groups.rank(method="first", ascending=False))
    leaders = ranked[ranked["place"] <= N_LARGEST].groupby(key)["minor"]
    return pd.DataFrame({
        "n_donors": groups.size().astype("int64"),
        "raised_minor": groups.sum(),
        "largest_minor": leaders.max(),
        "two_largest_minor": leaders.sum(),
    })


def n_givers(settled: pd.DataFrame) -> int:
    """Return how many givers stand behind the money that counts, those without a name too."""
    return int(settled.loc[settled["counted_minor"] != 0, "giver_key"].nunique())


def _open_accounts(settled: pd.DataFrame, profile: Disclosure) -> set[str]:
    """Return the accounts whose money may be shown.

    What is hidden is the total less the rest: so it must be safe together, and the account of
    fewest givers is hidden with it until it is. Gifts less what was raised are the refunds: so
    gifts are shown only where the hidden refunds, and the other hidden accounts, are each safe
    together.
    """
    parts = {str(code): rows for code, rows in settled.groupby("account_code")}
    steps = sorted((code for code in STEP_NAMES if code in parts),
                   key=lambda code: (parts[code]["giver_key"].nunique(), code))
    is_open = {code for code in steps if _is_safe(parts[code], profile)}
    hidden = [code for code in steps if code not in is_open]
    for code in steps:
        if hidden and not _is_safe(pd.concat([parts[one] for one in hidden]), profile):
            hidden = sorted({*hidden, code})
    is_open -= set(hidden)
    gifts = [code for code in COUNTED_GIFTS if code in parts]
    refunds = [code for code in hidden if code in RETURNED]
    left = [refunds, [code for code in hidden if code not in RETURNED],
            *([one] for one in gifts)]
    if all(_is_safe(pd.concat([parts[one] for one in codes]), profile) for codes in left if codes):
        is_open |= set(gifts)
    return is_open


def _is_safe(rows: pd.DataFrame, profile: Disclosure) -> bool:
    """Tell whether the money of ``rows`` is of givers enough, none of whom stands out."""
    sums = rows.groupby("giver_key")["amount_minor"].sum().abs()
    return rounded_count(len(sums), profile) is not None and sum_is_safe(sums)
