"""Forecasts summed: by segment and for everybody, with intervals that chance is part of."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from workbench.donors.value.draws import drawn_sums, ends_of, whole_of
from workbench.donors.value.forecast import Forecast

EVERYBODY = "everybody"
ENDS = {"n_gifts": "expected_gifts", "given_minor": "value_minor"}


def sum_by_segment(
    donors: pd.DataFrame, forecasts: Sequence[Forecast], *, level: float, seed: int
) -> pd.DataFrame:
    """Return one row a segment of ``donors``, and one ``everybody``, with its sums.

    ``donors``: one row a person with ``person_id``, ``segment_code`` and numbers to sum.
    Columns: ``segment_code``, ``n_donors``, the sums, and the ends, ``_low`` and ``_high``, of
    ``expected_gifts`` and ``value_minor``: between them, with chance ``level``, lies what will
    come, not only its average. Missing where there is no forecast.
    """
    numbers = [name for name in donors.columns if name not in ("person_id", "segment_code")]
    by_segment = donors.groupby("segment_code")
    rows = by_segment[numbers].sum()
    rows.insert(0, "n_donors", by_segment.size())
    rows.loc[EVERYBODY] = rows.sum()
    ends = [f"{name}_{end}" for name in ENDS.values() for end in ("low", "high")]
    if not forecasts or donors.empty:
        unknown = dict.fromkeys([*ENDS.values(), *ends], float("nan"))
        return rows.assign(**unknown).reset_index(names="segment_code")
    draws = drawn_sums(forecasts, donors.set_index("person_id")["segment_code"], seed=seed)
    draws = pd.concat([draws, whole_of(draws, EVERYBODY)])
    for drawn, name in ENDS.items():
        found = ends_of(draws, drawn, level=level)
        rows = rows.join(found.set_axis([f"{name}_low", f"{name}_high"], axis="columns"))
    return rows.reset_index(names="segment_code")
