"""A measured number as a brief shows it: value, range, unit, basis and meaning."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

FORMS = ("count", "share", "money", "number", "days", "probability")


@dataclass(frozen=True)
class Measure:
    """One number that a brief may lead with.

    ``name`` is its stable key in the headlines file (snake_case, unique in a brief); ``title``
    is read by people. ``form`` says how it is printed: a ``share`` is 0 to 1, so is a
    ``probability``, which prints with its range and the word of workbench.likelihood; ``money``
    is in hundredths of the currency. ``low`` and ``high`` are the ends of its interval, missing
    where the number is a full count and not an estimate. ``n`` is the number of people (or
    rows, as ``unit`` says) it rests on. ``meaning`` is a sentence: what it is, and what a
    larger value means. ``is_about_people`` is False for tallies of rows and files, which
    disclosure control leaves exact.

    Of whom it is the total is for disclosure control to know: the ``population`` and the
    ``column`` of tables that add up to it (see workbench.disclosure.Shape), the part of the
    population ``where`` it is reckoned, and for a share the column of its ``part``; ``column``
    is then that of the whole.
    """

    name: str
    title: str
    value: float | int | None
    form: str
    unit: str
    meaning: str
    n: int | None = None
    low: float | None = None
    high: float | None = None
    is_about_people: bool = True
    population: str = ""
    column: str = ""
    part: str = ""
    where: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a form that no page can print: that is a bug of ours.

        What is not a number, such as the mean of nobody, is a number that is missing.
        """
        for name in ("value", "low", "high"):
            number = getattr(self, name)
            if number is not None and not math.isfinite(number):
                object.__setattr__(self, name, None)
        if self.form not in FORMS:
            raise ValueError(f"form '{self.form}' is none of {FORMS}")

    def as_json(self) -> dict[str, Any]:
        """Return the fields as they stand in a headlines file."""
        fields = asdict(self)
        for name in ("population", "column", "part", "where"):
            del fields[name]
        return fields
