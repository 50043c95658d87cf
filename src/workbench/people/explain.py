"""Why two records are one person or two: each comparison in words, with its weight in bits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.people.comparisons import COMPARED, case_sql
from workbench.people.compiled import comparison_weight_sql, prior_weight, terms, trained_levels
from workbench.people.score import NAMES_CLASH, VETO

if TYPE_CHECKING:
    import pyarrow as pa

PRIOR = "prior"
PRIOR_WORDS = "before anything is compared"
# What a comparison is about: where one of them speaks, the others have nothing to add.
ASPECTS = {
    "first_name": "given name", "last_name": "family name", "middle_name": "middle name",
    "birth_date": "date of birth or age", "birth_year": "date of birth or age",
    "age": "date of birth or age", "age_band": "date of birth or age", "home": "place",
    "town": "place", "seat": "place", "phone": "telephone number", "email": "e-mail address",
}
NAMES_VETO = "their given names clash and no e-mail address speaks for one person"
SUFFIX_VETO = "their suffixes differ, as a father's and a son's do"


def explain_pair(
    left: Mapping[str, Any], right: Mapping[str, Any], model: Mapping[str, Any]
) -> pd.DataFrame:
    """Return the waterfall of two records: one row a comparison, the prior first.

    ``comparison_name``; ``level_name``, what was found, in words; ``match_weight`` in bits,
    positive speaks for one person; ``is_vetoed``, the same in every row: linking keeps them
    apart whatever the sum; ``running_weight``, the sum so far. The records are rows of
    records.parquet (or mappings with its columns).
    """
    waterfall = explain_pairs(pd.DataFrame([dict(left)]), pd.DataFrame([dict(right)]), model)
    return waterfall.drop(columns="pair_number")


def explain_pairs(
    left: pd.DataFrame, right: pd.DataFrame, model: Mapping[str, Any]
) -> pd.DataFrame:
    """Return the waterfalls of pairs of records: row by row of ``left`` and ``right``.

    As ``explain_pair``, with ``pair_number``, the position of the pair, first. The weights
    are reckoned by the SQL that linking itself runs.
    """
    found = _compare(left, right, model)
    names = [comparison["output_column_name"] for comparison in model["comparisons"]]
    steps = [pd.DataFrame({
        "pair_number": found["pair_number"], "comparison_name": PRIOR,
        "level_name": PRIOR_WORDS, "match_weight": prior_weight(dict(model)),
    })]
    steps += [pd.DataFrame({
        "pair_number": found["pair_number"], "comparison_name": name,
        "level_name": found[f"level_{name}"], "match_weight": found[f"weight_{name}"],
    }) for name in names]
    told = pd.concat(steps, ignore_index=True)
    told = told.sort_values("pair_number", kind="stable").reset_index(drop=True)
    told["is_vetoed"] = told["pair_number"].map(
        found.set_index("pair_number")["is_vetoed"]).fillna(False).astype(bool)
    told["running_weight"] = told.groupby("pair_number")["match_weight"].cumsum()
    return told


def reasons_of(waterfall: pd.DataFrame) -> str:
    """Return the reasons of one pair in a sentence: for, then against, then what is missing.

    >>> told = pd.DataFrame({"comparison_name": ["prior", "home", "phone"],
    ...     "level_name": ["", "the same home", "nothing to compare"],
    ...     "match_weight": [-14.0, 9.5, 0.0]})
    >>> reasons_of(told)
    'For one person: the same home. Nothing to compare: telephone number.'
    """
    rows = waterfall[waterfall["comparison_name"] != PRIOR]
    strong = rows.sort_values("match_weight", ascending=False, kind="stable")
    told_for = strong.loc[strong["match_weight"] > 0, "level_name"]
    told_against = strong.loc[strong["match_weight"] < 0, "level_name"][::-1]
    aspect = rows["comparison_name"].replace(ASPECTS)
    silent = aspect[~aspect.isin(aspect[rows["match_weight"] != 0])].drop_duplicates()
    parts = [("For one person", told_for), ("Against", told_against),
             ("Nothing to compare", silent)]
    return " ".join(f"{name}: {', '.join(texts)}." for name, texts in parts if len(texts))


def veto_of(waterfall: pd.DataFrame) -> str:
    """Return why two records can never be one person, in words; empty where nothing forbids it.

    The veto is the linking's own; it stands whatever the sum of the weights.
    """
    if not waterfall["is_vetoed"].any():
        return ""
    weights = dict(zip(waterfall["comparison_name"], waterfall["match_weight"], strict=True))
    reasons = []
    if weights["first_name"] < NAMES_CLASH and weights["email"] <= 0:
        reasons.append(NAMES_VETO)
    if weights["suffix"] < 0:
        reasons.append(SUFFIX_VETO)
    told = " and ".join(reasons or ["a rule of linking forbids it"])
    return f"They are kept apart: {told}."


def _compare(
    left: pd.DataFrame, right: pd.DataFrame, model: Mapping[str, Any]
) -> pd.DataFrame:
    """Return one row a pair: the level in words and the weight of every comparison."""
    import duckdb

    columns = (*COMPARED, *(f"tf_{term}" for term in terms(dict(model))))
    both = ", ".join(f"l.{c} AS {c}_l, r.{c} AS {c}_r" for c in columns)
    chosen = ", ".join(
        f"{comparison_weight_sql(c)} AS weight_{c['output_column_name']}, "
        f"{level_words_sql(c)} AS level_{c['output_column_name']}" for c in model["comparisons"])
    with duckdb.connect() as connection:
        connection.register("l", _as_arrow(left, columns))
        connection.register("r", _as_arrow(right, columns))
        return connection.execute(
            f"SELECT *, ({VETO}) AS is_vetoed FROM (SELECT pair_number, {chosen} FROM ("
            f"SELECT l.pair_number, {both} FROM l JOIN r ON l.pair_number = r.pair_number)) "
            "ORDER BY pair_number").df()


def level_words_sql(comparison: dict[str, Any]) -> str:
    """Return SQL for the words of the level that a pair reaches in one comparison."""
    levels = trained_levels(comparison)
    return case_sql(levels, ["'" + level.words.replace("'", "''") + "'" for level in levels])


def _as_arrow(records: pd.DataFrame, columns: tuple[str, ...]) -> pa.Table:
    import pyarrow as pa

    kinds = {"formals": pa.list_(pa.string()), "birth_date": pa.date32(),
             "birth_low": pa.int64(), "birth_high": pa.int64()}
    arrays = {"pair_number": pa.array(range(len(records)), type=pa.int64())}
    for column in columns:
        usual = pa.float64() if column.startswith("tf_") else pa.string()
        kind = kinds.get(column, usual)
        values = records[column] if column in records.columns else [None] * len(records)
        arrays[column] = pa.array(list(values), type=kind, from_pandas=True)
    return pa.table(arrays)
