"""What the donors brief shows: its measures, its tables and the sentence it leads with."""

from __future__ import annotations

import pandas as pd

from workbench.disclosure import N_LARGEST, Shape, exempt, protect, sum_is_safe
from workbench.donors.gifts import reconcile_money
from workbench.donors.segments import N_FIFTHS, SEGMENT_RULES
from workbench.measures import Measure
from workbench.settings import Disclosure

SEGMENT_SHAPE = Shape(
    basis="n_donors",
    counts=("n_donors", "n_all_donors"),
    shares={"donor_share": ("n_donors", "n_all_donors")},
    sums={"raised_minor": ("largest_minor", "two_largest_minor")},
    mean_of={"mean_minor": "raised_minor"},
    population="donors", dimensions=("segment_name",), totals={"n_all_donors": "n_donors"},
)
MONEY_SHAPE = Shape(
    basis="n_donors",
    counts=("n_donors",),
    sums={"raised_minor": ("largest_minor", "two_largest_minor")},
    is_disjoint=False,
)


def segment_table(donors: pd.DataFrame, profile: Disclosure) -> pd.DataFrame:
    """Return one row a segment, as it may be shown, in the order of SEGMENT_RULES.

    Columns: ``segment_name``, ``rule``, ``n_donors``, ``donor_share``, ``raised_minor`` (net,
    hundredths of the currency), ``mean_minor`` (a donor).
    """
    rows = _money_by(donors.assign(minor=donors["net_minor"]), "segment_code")
    rows = rows.reindex([code for code, _, _ in SEGMENT_RULES])
    rows["n_donors"] = rows["n_donors"].fillna(0).astype("int64")
    rows.insert(0, "segment_name", [name for _, name, _ in SEGMENT_RULES])
    rows.insert(1, "rule", [rule for _, _, rule in SEGMENT_RULES])
    rows["n_all_donors"] = len(donors)
    shown = protect(rows.fillna(0), profile, shape=SEGMENT_SHAPE)
    return shown.drop(columns="n_all_donors").reset_index(drop=True)


def account_table(settled: pd.DataFrame, profile: Disclosure) -> pd.DataFrame:
    """Return one row an account of ACCOUNT_ROWS: ``account_name``, ``n_rows``, ``money_minor``.

    Money is the size of what the account holds (a refund counts up), as it may be shown; the
    rows are exact, since the accounts are technical reasons.
    """
    accounts = reconcile_money(settled)
    by_donor = settled.groupby(["account_code", "donor_key"])["amount_minor"].sum().abs()
    money = _money_by(by_donor.rename("minor").reset_index(), "account_code").reset_index()
    shown = protect(money, profile, shape=MONEY_SHAPE)
    joined = accounts.drop(columns="amount_minor").merge(
        shown, how="left", on="account_code", validate="one_to_one"
    )
    joined["money_minor"] = joined["raised_minor"].mask(joined["n_rows"] == 0, 0)
    none = joined[joined["n_rows"] == 0]
    exempt(none, "no money where there is no row", "money_minor")
    return exempt(joined[["account_name", "n_rows", "money_minor"]],
                  "rows of files by technical reason", "n_rows")


def giving_by_month(settled: pd.DataFrame, profile: Disclosure) -> pd.DataFrame:
    """Return one row a calendar month with ``month_date``, ``n_donors`` and ``raised_minor``.

    Net of refunds in the month in which they were made; as it may be shown.
    """
    counted = settled[settled["counted_minor"] != 0]
    month = counted["donation_date"].dt.to_period("M").dt.to_timestamp()
    by_donor = (
        counted.assign(month_date=month)
        .groupby(["month_date", "donor_key"])["counted_minor"].sum().rename("minor").reset_index()
    )
    rows = _money_by(by_donor, "month_date").reset_index()
    return protect(rows, profile, shape=MONEY_SHAPE)


def donor_measures(donors: pd.DataFrame) -> list[Measure]:
    """Return the headline numbers of the donors brief, before they are protected.

    A sum that one or two donors dominate is left out (None).
    """
    net = donors["net_minor"]
    n = len(donors)
    total = int(net.sum()) if n and sum_is_safe(net) else None
    median = float(net.median()) if n else None
    n_repeat = int((donors["n_gifts"] > 1).sum())
    return [
        Measure("raised_net", "Raised, net", total, "money", "hundredths of the currency",
                "Gifts of individuals less refunds, each counted once.", n=n,
                population="donors", column="raised_minor"),
        Measure("n_donors", "Donors", n, "count", "donors",
                "Names at one postcode with a net gift above zero.", n=n, population="donors"),
        Measure("repeat_share", "Gave more than once", n_repeat / n if n else None, "share",
                "share of donors", "Donors with two gifts or more; higher is more loyal.", n=n,
                population="donors", column="n_donors", part="n_repeat_donors"),
        Measure("median_given", "Typical donor gave", median, "money",
                "hundredths of the currency", "Half of the donors gave more than this, net.",
                n=n),
        Measure("top_fifth_share", "From the top fifth", _top_fifth_share(donors), "share",
                "share of money", "Part of all money that the largest fifth of donors gave; "
                "higher is more dependent on few.", n=n),
    ]


def finding(donors: pd.DataFrame, profile: Disclosure) -> dict[str, str]:
    """Return title, bottom line and decision of the donors brief, in words with shown numbers."""
    if len(donors) < profile.percentage_base_min:
        return {
            "title": "Too few donors to describe",
            "bottom_line": "The accepted files hold too few donors for any figure to be shown.",
            "decision": "Add a donations source, or check why its rows were set aside.",
        }
    shares = segment_table(donors, profile).set_index("segment_name")["donor_share"]
    regular, lapsed = (None if pd.isna(shares[name]) else float(shares[name])
                       for name in ("Regular", "Lapsed"))
    top = _top_fifth_share(donors) or 0.0
    return {
        "title": f"The top fifth of donors gave {top:.0%} of the money",
        "bottom_line": (
            f"The largest fifth of donors gave {top:.0%} of what was raised, net of refunds and "
            f"double counts. {_shares_told(regular=regular, lapsed=lapsed)}"
        ),
        "decision": "Choose whether the next appeal goes to lapsed donors or to regular ones.",
    }


def _shares_told(*, regular: float | None, lapsed: float | None) -> str:
    """Return a sentence on the shares that may be shown of those who give and who ceased to."""
    told = [f"{share:.0%} {verb}" for share, verb in
            ((regular, "give regularly"), (lapsed, "have lapsed")) if share is not None]
    return f"Of all donors {' and '.join(told)}." if told else ""


def _top_fifth_share(donors: pd.DataFrame) -> float | None:
    total = donors["net_minor"].sum()
    top = donors.loc[donors["value_fifth"] == N_FIFTHS, "net_minor"]
    if not total or top.empty or not sum_is_safe(top):
        return None
    return round(float(top.sum() / total), 2)


def _money_by(rows: pd.DataFrame, key: str) -> pd.DataFrame:
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
