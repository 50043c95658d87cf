"""Great Expectations on one run of rows: which rows fail which expectation, and no value kept."""

from __future__ import annotations

import gc
import json
import sys
import warnings
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, reduce
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from workbench.checks import endless
from workbench.checks.suite import Expectation, Suite
from workbench.errors import SuiteError

_KEPT = "_configuration_written"
_INDICES_ONLY = {
    "result_format": "COMPLETE", "partial_unexpected_count": 0, "exclude_unexpected_values": True,
}


@dataclass(frozen=True)
class Checked:
    """What one expectation found in a run of rows: how many it was about, and which rows fail it.

    ``rows`` are positions from 0. No value is kept.
    """

    n_rows: int
    rows: npt.NDArray[np.int64]


@cache
def _great_expectations() -> Any:
    """Import Great Expectations on first use, without four things that cost seconds.

    jsonschema compiles a grammar of rfc3987 that nothing here uses, the engine hashes every
    frame only to name it, an expectation writes its configuration again each of the forty times
    that it is asked for it, and every metric is named by a digest of a copy. What is imported
    never becomes garbage: it is frozen, so that no search for garbage copies its pages into
    processes forked later.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    import great_expectations as gx
    from great_expectations.core.id_dict import IDDict
    from great_expectations.data_context.types.base import ProgressBarsConfig
    from great_expectations.execution_engine import pandas_execution_engine

    pandas_execution_engine.hash_pandas_dataframe = lambda frame: "rows"
    expectation: Any = gx.expectations.Expectation
    expectation.configuration = _written_once(expectation.configuration)
    IDDict.to_id = _named_by_text(IDDict.to_id)  # type: ignore[method-assign]
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(False, False)
    gc.freeze()
    return gx, context


def _written_once(configuration: Any) -> property:
    """Return the property as one that keeps what it wrote with the expectation."""
    def kept(expectation: Any) -> Any:
        if _KEPT not in expectation.__dict__:
            expectation.__dict__[_KEPT] = configuration.__get__(expectation)
        return expectation.__dict__[_KEPT]

    return property(kept)


def _named_by_text(to_id: Any) -> Any:
    """Return ``to_id`` as one that names a dictionary of plain values by its JSON text."""
    def named(values: Any, id_keys: Any = None, id_ignore_keys: Any = None) -> Any:
        if len(values) > 1 and not (id_keys or id_ignore_keys or values._id_ignore_keys):
            with suppress(TypeError):  # a value that JSON has no word for
                return json.dumps(values, sort_keys=True)
        return to_id(values, id_keys, id_ignore_keys)

    return named


def import_engine() -> None:
    """Import Great Expectations now, so that processes forked later share it."""
    _batch_definition()


@cache
def _batch_definition() -> Any:
    _, context = _great_expectations()
    asset = context.data_sources.add_pandas("rows").add_dataframe_asset("rows")
    return asset.add_batch_definition_whole_dataframe("rows")


def check_rows(rows: pa.Table, suite: Suite) -> dict[str, Checked]:
    """Return, for each expectation about single rows, what it found in ``rows``, by its name.

    Every expectation is asked for yes or no first; those that fail, and those that hold for some
    rows only, are asked again for the positions of the failing rows. SuiteError where one
    does not come to an end.
    """
    of_rows = [one for one in suite.expectations if not one.is_whole]
    wanted = [one for one in of_rows if _has_something_to_check(one, rows)]
    nothing = {one.name: Checked(0, np.empty(0, np.int64)) for one in of_rows}
    frame = _frame(rows, {name for one in wanted for name in _needed(one, rows)})
    import_engine()  # before the clock runs: an import that is broken off cannot be repeated
    try:
        with endless.bounded(endless.seconds_for(len(wanted))):
            found = _found(frame, wanted, rows)
    except endless.OutOfTime:
        endless.refuse_endless(wanted, frame, suite.table.name)
    return nothing | {
        one.name: _checked(found[one.name]["result"]) if one.name in found
        else Checked(_n_checked(one, rows), np.empty(0, np.int64))
        for one in wanted
    }


def _found(
    frame: pd.DataFrame, wanted: list[Expectation], rows: pa.Table
) -> dict[str, Mapping[str, Any]]:
    """Return what Great Expectations says of the expectations that some row may fail.

    It copies the whole frame to find the rows of a condition, once for each of its numbers:
    expectations with one are asked apart, of a frame of their columns alone.
    """
    conditional = [one for one in wanted if "row_condition" in one.kwargs]
    plain = [one for one in wanted if "row_condition" not in one.kwargs]
    passed = _validate(frame, plain, "BOOLEAN_ONLY")
    failing = [one for one in plain if not passed[one.name]["success"]]
    found: dict[str, Mapping[str, Any]] = {}
    for group in (failing, conditional):
        columns = {name for one in group for name in _needed(one, rows)}
        found |= _validate(frame[sorted(columns)], group, _INDICES_ONLY)
    return found


def _has_something_to_check(one: Expectation, rows: pa.Table) -> bool:
    """Return whether some row has a value; rows without one keep every other expectation."""
    return _n_checked(one, rows) > 0


def _needed(one: Expectation, rows: pa.Table) -> list[str]:
    condition = str(one.kwargs.get("row_condition", ""))
    return [*one.columns, *(name for name in rows.column_names if name in condition)]


def _frame(rows: pa.Table, columns: Iterable[str]) -> pd.DataFrame:
    """Return the columns in the types that Great Expectations checks without a Python loop."""
    return pd.DataFrame({name: _series(rows.column(name)) for name in sorted(columns)})


def _series(column: pa.ChunkedArray) -> pd.Series:
    if pa.types.is_string(column.type):
        return pd.Series(pd.array(column, dtype="str"))
    if pa.types.is_date(column.type):
        return pd.Series(_instants(column).to_numpy())
    if pa.types.is_boolean(column.type) and column.null_count:
        return column.to_pandas(types_mapper={pa.bool_(): pd.BooleanDtype()}.get)
    return column.to_pandas()


def _instants(days: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return days as instants of nanoseconds, which are compared fast, where all of them fit.

    A day before 1678 or after 2261 does not; then they are compared one by one.
    """
    try:
        return days.cast(pa.timestamp("ns"))
    except pa.ArrowInvalid:
        return days.cast(pa.timestamp("s"))


def _validate(
    frame: pd.DataFrame, wanted: list[Expectation], result_format: Any
) -> dict[str, Mapping[str, Any]]:
    if not wanted:
        return {}
    gx, _ = _great_expectations()
    batch = _batch_definition().get_batch(batch_parameters={"dataframe": frame})
    with warnings.catch_warnings():  # about its own coming versions, to who writes Python
        warnings.simplefilter("ignore")
        report = batch.validate(_gx_suite(gx, wanted), result_format=result_format)
    results = {one.expectation_config.meta["name"]: one for one in report.results}
    if set(results) != {one.name for one in wanted}:
        raise SuiteError(
            f"Great Expectations answered {len(results)} of {len(wanted)} expectations. Check "
            "their types and kwargs against docs/expectations.md."
        )
    for one in wanted:
        _refuse_exception(one, results[one.name].exception_info)
    return {name: {"success": bool(one.success), "result": one.result}
            for name, one in results.items()}


def _gx_suite(gx: Any, wanted: list[Expectation]) -> Any:
    configurations = [
        {"type": one.type, "kwargs": _gx_kwargs(one), "meta": {"name": one.name}}
        for one in wanted
    ]
    try:
        return gx.ExpectationSuite(name="rows", expectations=configurations)
    except Exception as error:  # it raises errors of many kinds, with values in them
        raise SuiteError(
            f"Great Expectations refuses the kwargs of one of: "
            f"{', '.join(one.name for one in wanted)}. Correct them in the suite."
        ) from error


def _gx_kwargs(one: Expectation) -> dict[str, Any]:
    kwargs = dict(one.kwargs)
    for name in {"min_value", "max_value"} & kwargs.keys():
        if isinstance(kwargs[name], str):  # else it becomes a date, which no instant compares to
            kwargs[name] += "T00:00:00"
    if "column_A" in kwargs:
        kwargs.setdefault("ignore_row_if", "either_value_is_missing")
    if "row_condition" in kwargs:
        kwargs.setdefault("condition_parser", "pandas")
    return kwargs


def _refuse_exception(one: Expectation, info: Any) -> None:
    """Raise SuiteError where the check itself raised: that is neither a pass nor a failure."""
    infos = [info] if "raised_exception" in info else list(info.values())
    if any(part.get("raised_exception") for part in infos):
        raise SuiteError(
            f"The expectation '{one.name}' could not be checked: its kwargs do not fit the "
            f"column's kind. Correct it in the suite of its table."
        )


def _checked(result: Mapping[str, Any]) -> Checked:
    rows = np.array(result.get("unexpected_index_list") or [], np.int64)
    n_missing = result.get("missing_count") or 0
    return Checked(int(result["element_count"]) - int(n_missing), np.sort(rows))


def _n_checked(one: Expectation, rows: pa.Table) -> int:
    """Return how many rows an expectation is about: those with the values that it speaks of."""
    ignored = one.kwargs.get("ignore_row_if", "either_value_is_missing")
    if one.type.endswith("_be_null") or ignored == "neither":
        return len(rows)
    has_value = [rows.column(name).is_valid() for name in one.columns]
    join = pc.or_ if ignored == "both_values_are_missing" else pc.and_
    return int(pc.sum(reduce(join, has_value)).as_py() or 0)
