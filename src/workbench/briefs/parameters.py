"""The parameters that a run gives a notebook, compared with what its cell declares."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from workbench.briefs.declared import Parameter
from workbench.errors import NotebookError, SettingsError, nearest_name
from workbench.exhibits.lab import says_the_same

PLAIN = (bool, int, float, str)
WORDS = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    list: "a list",
    dict: "named values",
}


def parse_parameters(options: Iterable[str]) -> dict[str, Any]:
    """Return the parameters that ``-p key=value`` options give; values are YAML scalars.

    A date stays a text, for a notebook's literals know no dates.

    >>> parse_parameters(["n_rows=10", "share=0.5", "is_new=true", "day=2026-10-05", "kind=new"])
    {'n_rows': 10, 'share': 0.5, 'is_new': True, 'day': '2026-10-05', 'kind': 'new'}
    """
    parameters: dict[str, Any] = {}
    for option in options:
        name, equals, text = option.partition("=")
        if not equals or not name.isidentifier():
            raise SettingsError(f"-p {option[:60]!a} is not of the form key=value.")
        if name in parameters:
            raise SettingsError(f"-p {name} is given twice. Give it once.")
        parameters[name] = _scalar(text)
    return parameters


def _scalar(text: str) -> Any:
    try:
        value = yaml.safe_load(text) if len(text) < 1000 else text
    except (yaml.YAMLError, ValueError, RecursionError):
        return text
    items = value if isinstance(value, list) else [value]
    return value if all(isinstance(item, PLAIN) for item in items) else text


def check_parameters(
    given: Mapping[str, Any], declared: Mapping[str, Parameter], name: str
) -> dict[str, Any]:
    """Return ``given`` in the order and the types of ``declared``.

    NotebookError for a parameter that the notebook does not have, and for one whose value is
    not of its literal's type, lies out of its range or is none of its choices; the literals of
    the cell itself are looked at, too. A whole number may stand for a number. Named values
    that are not given stay as in the cell.
    """
    for parameter in sorted(set(given) - set(declared)):
        raise NotebookError(
            f"{name}.ipynb has no parameter '{parameter}'.{nearest_name(parameter, declared)} "
            f"It has: {', '.join(declared) or 'none'}."
        )
    found = {}
    for parameter, one in declared.items():
        where = f"{name}.ipynb: parameter '{parameter}'"
        value = given.get(parameter, one.literal)
        found[parameter] = _of_type(value, one.literal, where)
        for single in _values(found[parameter]):
            _refuse_out_of_range(single, one, where)
    return {parameter: found[parameter] for parameter in found if parameter in given}


def overridden(given: Mapping[str, Any], declared: Mapping[str, Parameter]) -> list[str]:
    """Return a line for each value of params.yaml that the notebook's cell has otherwise."""
    return [
        f"{parameter} is {given[parameter]!r} as params.yaml has it, and not "
        f"{one.literal!r} as in the notebook's cell"
        for parameter, one in declared.items()
        if parameter in given and not says_the_same(given[parameter], one.literal)
    ]


def _of_type(value: Any, literal: Any, where: str) -> Any:
    if isinstance(value, (dt.date, dt.datetime)):
        value = value.isoformat()
    kind = type(literal)
    if kind is float and type(value) is int:
        return float(value)
    if literal is not None and type(value) is not kind:
        raise NotebookError(
            f"{where} must be {WORDS.get(kind, kind.__name__)}, as in its parameters cell, and "
            f"not {WORDS.get(type(value), type(value).__name__)}. Change it under notebooks in "
            "params.yaml, or in -p; quotes within the value make it a text: -p day='\"7\"'."
        )
    return _named(value, literal, where) if kind is dict else value


def _named(value: Mapping[str, Any], literal: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Return the cell's named values with those that are given in their places."""
    for key in value:
        if key not in literal:
            raise NotebookError(
                f"{where} has no value named '{key}'.{nearest_name(str(key), literal)} It has: "
                f"{', '.join(literal)}.")
    return {key: _of_type(value.get(key, part), part, f"{where}, {key},")
            for key, part in literal.items()}


def _values(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else [value]


def _refuse_out_of_range(value: Any, one: Parameter, where: str) -> None:
    """Raise NotebookError where a value lies out of the range, or is none of the choices."""
    if one.low is not None and one.high is not None and not one.low <= value <= one.high:
        raise NotebookError(
            f"{where} is {value:,} and must be {one.low:,.10g} to {one.high:,.10g}"
            f"{f' ({one.unit})' if one.unit else ''}, as its parameters cell says. Change it "
            "there, under notebooks in params.yaml, or in -p."
        )
    if one.choices and value not in one.choices:
        raise NotebookError(
            f"{where} is {str(value)[:60]!a}.{nearest_name(str(value), one.choices)} It can be: "
            f"{', '.join(one.choices)}."
        )
