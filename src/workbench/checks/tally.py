"""Expectations over a whole source: counts added up over its parts, and the decision to stop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workbench.checks.suite import ROW_COUNT, Expectation, Suite


@dataclass(frozen=True)
class Finding:
    """How one expectation fared over a whole source, in numbers of rows; no value is in it."""

    name: str
    title: str
    column_name: str
    severity: str
    rows: str
    n_rows: int
    n_failed: int
    has_passed: bool
    why: str


def conclude(
    suite: Suite, n_checked: Mapping[str, int], n_failed: Mapping[str, int], n_rows: int
) -> tuple[Finding, ...]:
    """Return a finding for each expectation, from counts added up over the parts of a source.

    ``n_rows`` is the number of rows accepted. An expectation passes where the share of its rows
    that keep it is at least ``mostly``.
    """
    found = []
    for one in suite.expectations:
        checked, failed = n_checked.get(one.name, 0), n_failed.get(one.name, 0)
        if one.type == ROW_COUNT:
            checked, failed = n_rows, int(not _is_count_in_range(one, n_rows))
        has_passed = failed == 0 or (
            one.type != ROW_COUNT and (checked - failed) / checked >= one.mostly
        )
        found.append(Finding(
            one.name, title_of(one), ", ".join(one.columns), one.severity, one.rows, checked,
            failed, has_passed, one.why,
        ))
    return tuple(found)


def stop_words(findings: tuple[Finding, ...], *, source_name: str) -> str:
    """Return what to say of the findings of severity ``stop`` that failed; '' where none did."""
    failed = [one for one in findings if one.severity == "stop" and not one.has_passed]
    if not failed:
        return ""
    lines = "".join(
        f"  {one.column_name or 'the number of rows'}: {one.title}; "
        f"{one.n_failed:,} of {one.n_rows:,} rows do not. {one.why}\n" for one in failed
    )
    return (
        f"{len(failed)} expectation(s) of severity stop failed.\n{lines}"
        "Look at those columns in the file; then ask for another export, or map the right column "
        f"under sources.{source_name}.columns, or change the expectation and its why."
    )


def _is_count_in_range(one: Expectation, n_rows: int) -> bool:
    low, high = one.kwargs.get("min_value"), one.kwargs.get("max_value")
    return (low is None or n_rows >= low) and (high is None or n_rows <= high)


def title_of(one: Expectation) -> str:
    """Return the expectation in words, for instance 'age_years lies between 16 and 120'."""
    first = one.columns[0] if one.columns else ""
    second = one.columns[1] if len(one.columns) > 1 else ""
    words = {
        "not_be_null": "is there", "to_be_null": "is empty",
        "to_be_in_set": "is on its list", "to_not_be_in_set": "is not on the list",
        "values_to_be_between": f"lies {_range(one)}",
        "lengths_to_be_between": f"has a length {_range(one)}",
        "lengths_to_equal": f"has a length of {one.kwargs.get('value')}",
        "to_match_regex": "has its pattern", "to_not_match_regex": "does not have the pattern",
        "greater_than_b": f"comes after {second}" if not one.kwargs.get("or_equal")
        else f"does not come before {second}",
        "values_to_be_equal": f"equals {second}",
        "values_to_be_unique": "is in one row only", "columns_to_be_unique": "are together once",
        "row_count_to_be_between": f"the number of rows lies {_range(one)}",
    }
    ends = sorted(words, key=len, reverse=True)
    said = words[next(end for end in ends if one.type.endswith(end))]
    condition = " in some rows" if "row_condition" in one.kwargs else ""
    subject = ", ".join(one.columns) if one.type.startswith("expect_compound") else first
    return f"{subject} {said}{condition}".strip()


def _range(one: Expectation) -> str:
    low, high = one.kwargs.get("min_value"), one.kwargs.get("max_value")
    if low is None:
        return f"at {high} or below"
    return f"at {low} or above" if high is None else f"between {low} and {high}"
