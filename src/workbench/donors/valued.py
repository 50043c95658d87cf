"""Donors with all that is known of them: segment, value to come, what to ask; and its tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from workbench.donors.asks import ask_donors, usual_gifts
from workbench.donors.gifts import reconcile_money
from workbench.donors.segments import SegmentRules, segment_donors, summarise_donors
from workbench.donors.value.before import SameMonths, same_months
from workbench.donors.value.draws import sum_by_segment
from workbench.donors.value.forecast import Forecast, value_of_people
from workbench.donors.value.giving_pattern import giving_days
from workbench.donors.value.holdout import HeldOut, forecast_or_why, hold_out
from workbench.donors.value.period import Period
from workbench.donors.value.season import NO_SEASON, Season, learn_season
from workbench.silence import ended_on
from workbench.tables import RESULTS, store

DECIMALS = 4  # of what is predicted; further digits may differ from machine to machine


@dataclass(frozen=True)
class Valued:
    """Donors on the day of the build.

    ``donors``: one row a person with the columns of the table ``donor_value``, and
    ``region_code`` and ``usual_minor``.
    ``sums``: the next period by segment (sum_by_segment). ``held_out``: the same for the last
    period, predicted without it. ``settled``: every movement. ``seen_on``: the day from which
    recency is counted back, the day of the build or, where ``has_ended``, the last day of the
    gifts on file: what donors have done since is not known, and nothing is predicted.
    ``before``: what the same months brought a year before, where donors were known then.
    ``season``: busy and quiet months of single gifts. ``refused``: why there is no forecast,
    where a model could not be fitted.
    """

    donors: pd.DataFrame
    sums: pd.DataFrame
    held_out: HeldOut
    forecasts: Sequence[Forecast]
    settled: pd.DataFrame
    seen_on: dt.date
    has_ended: bool = False
    before: SameMonths | None = None
    season: Season = NO_SEASON
    refused: str = ""


READ = ("crosswalk", "donations", "people")


def read_inputs(root: Path) -> dict[str, pd.DataFrame]:
    """Return the tables that settle_gifts takes; StorageError where one is not there."""
    columns = {"crosswalk": ["source_name", "table_name", "row_key", "person_id"]}
    return {name: store.read(root, name, columns.get(name, ())) for name in READ}


def value_donors(
    settled: pd.DataFrame, *, as_of: dt.date, rules: SegmentRules, period: Period,
    ask_most_minor: int,
) -> Valued:
    """Return donors in segments, with what the next period is to bring and what to ask for.

    Where the gifts on file end long before ``as_of``, donors are those of the file's last day,
    and there is no forecast.
    """
    last = ended_on(settled.loc[settled["counted_minor"] != 0, "donation_date"], as_of)
    seen_on = last or as_of
    summary = summarise_donors(settled, as_of=seen_on)
    donors = segment_donors(summary, as_of=seen_on, rules=rules)
    forecasts, refused = ([], "") if last else forecast_or_why(
        settled, seen_on=as_of, period=period)
    donors = donors.merge(value_of_people(forecasts, level=period.level), how="left",
                          on="person_id", validate="one_to_one")
    donors = donors.merge(usual_gifts(settled).reset_index(), how="left", on="person_id",
                          validate="one_to_one")
    sums = sum_by_segment(donors[["person_id", "segment_code", "expected_gifts", "value_minor"]],
                          forecasts, level=period.level, seed=period.seed)
    held_out = hold_out(settled, as_of=seen_on, rules=rules, period=period)
    asked = ask_donors(donors, most_minor=ask_most_minor)
    before = None if last else same_months(settled, as_of=as_of, period=period)
    season = learn_season(giving_days(settled), seen_on=seen_on)
    return Valued(asked, sums, held_out, forecasts, settled, seen_on, last is not None, before,
                  season, refused)


def write_donors(root: Path, valued: Valued) -> None:
    """Write data/donors/donor_value.parquet and data/donors/money_accounts.parquet."""
    donors = valued.donors
    money = [one.name for one in RESULTS["donor_value"].columns if one.kind == "money"]
    rounded = donors[money].astype("float64").round().astype("Int64")
    decimals = donors.select_dtypes("float64").columns.difference(money)
    store.write(root, "donor_value", donors.assign(**rounded, **donors[decimals].round(DECIMALS)))
    store.write(root, "money_accounts", reconcile_money(valued.settled))
