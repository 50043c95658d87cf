"""One run of plain Splink over the tables of linkage_data, beside which ours is measured.

    python benchmarks/linkage_plain.py FOLDER OUT [--model FILE] [--memory-gb 6] [--all-keys]
                                       [--advised]

What an analyst does who knows Splink well, with the same comparisons, the same standardised
records (their making is timed too), the same limits and the same household veto:

- one table of integer ids to deduplicate, which Splink does faster than seven to link;
- ``RULES``, the workbench's blocking keys as equalities. Entries of the register are paired
  with each other only where names and birth agree, as there. Splink has no cap on a block:
  the rule of names alone is left out (``LEFT_OUT``) unless --all-keys asks for it, since its
  pairs grow with both sizes and it finds hardly a link at p >= .95. At 1,000,000 voters it
  offers 28 million pairs, takes 186 processor seconds for 59 without it, and moves F1 from
  .9289 to .9286;
- training as the documents of Splink have it (prior from certain rules, u from random pairs, m
  from expectation-maximisation over the workbench's training rules), or with --model the model
  that ours trained. ``EXACT`` has a seed, three times the random pairs of the default, and
  counts what it caps over all records; with --advised it is ``ADVISED``, see below;
- predict at p >= .95, the veto, the elector's number where a record has one, and the connected
  components of Splink; then the person of every row. Files are written after the clock.

--advised follows the documents of Splink 5.0 on speed, page by page:

- optimising_duckdb: a connection in memory, DuckDB 2, a memory limit, no chunks and nothing laid
  down as Parquet while memory suffices; what a comparison computes for several levels stands in
  its first one, so that it is computed once (``hoisted``);
- drivers_of_performance: expectation-maximisation without term frequencies, predict with a
  threshold, no columns retained;
- tutorial 9 (scaling up): the defaults, for samples and caps are for data on which a step is too
  slow. So no seed, and all pairs of a training rule. For u it asks 1e8 pairs of a final model and
  has 1e6 while one tries; the default, 1e6, is taken, which is the faster;
- blocking performance and tutorial 8: many strict rules, each of equalities joined by AND. Salts
  for DuckDB are no more.
"""

from __future__ import annotations

import json
import logging
import re
from dataclasses import dataclass, field
from typing import Any

import duckdb
from linkage_data import SOURCES
from linkage_ours import AS_OF_YEAR, Clock, arguments, limits, write_labels
from shared import tell, view_tables
from splink import DuckDBAPI, Linker
from splink.clustering import cluster_pairwise_predictions_at_threshold

from workbench.engine import open_database
from workbench.people.comparisons import COMPARISONS, case_sql, splink_comparison
from workbench.people.compiled import trained_levels
from workbench.people.model import CERTAIN_KEYS, CERTAIN_KEYS_RECALL
from workbench.people.prepare import create_records, load_nicknames
from workbench.people.reading import Reading
from workbench.people.score import VETO

CUT = 0.95
OFF_REGISTER = "NOT (l.is_elector AND r.is_elector)"
# Columns that agree; those of the first list may pair two entries of the register.
ELECTOR_RULES = (
    ("last_name", "first_root", "birth_low"), ("birth_date", "first_root"),
    ("birth_date", "last_name"),
)
OTHER_RULES = (
    ("email",), ("phone",), ("last_name", "first_root", "postcode"),
    ("last_name", "first_root", "town"), ("last_name", "first_root", "seat_id"),
    ("last_name", "first_initial", "postcode"), ("first_root", "house", "street", "postcode"),
    ("house", "street", "flat", "postcode"), ("last_name", "first_root"),
    ("first_root", "birth_low", "seat_id"), ("split_part(email, '@', 1)",),
    ("left(last_name, 3)", "left(first_root, 2)", "postcode"),
    ("left(last_name, 4)", "left(first_root, 3)", "seat_id"),
)
TRAINING_RULES = (("email",), ("last_name", "first_root", "postcode"), ("phone", "first_root"),
                  ("birth_date", "first_root"))
LEFT_OUT: frozenset[tuple[str, ...]] = frozenset({("last_name", "first_root")})
# What is dear and may stand in the missing level, since it never fails and is never below 0.
DEAR = re.compile(r"jaro_winkler_similarity\([^()]*\)")
GIVEN = """
    SELECT v.rid AS rid_l, o.rid AS rid_r, 1.0 AS match_probability
    FROM record o JOIN record v ON o.voter_id = v.voter_id AND v.is_elector
    WHERE NOT o.is_elector AND (o.last_name IS NULL OR o.last_name = v.last_name
                                OR list_has_any(o.formals, v.formals))
"""


@dataclass(frozen=True)
class Training:
    """What Splink is told of estimating u and m, and whether comparisons are hoisted."""

    u: dict[str, Any] = field(default_factory=dict)
    m: dict[str, Any] = field(default_factory=dict)
    is_hoisted: bool = False


EXACT = Training({"max_pairs": 3e6, "seed": 1},
                 {"max_pairs": 1e6, "record_sample_proportion": 1.0})
ADVISED = Training({}, {"estimate_without_term_frequencies": True}, is_hoisted=True)


def main() -> None:
    """Link, write the labels, and print the line of JSON."""
    options = arguments(__doc__)
    logging.disable(logging.CRITICAL)
    model = json.loads(options.model.read_text()) if options.model else None
    clock = Clock()
    with open_database(limits(options), options.out) as connection:
        view_tables(connection, options.folder, SOURCES)
        steps = {}
        load_nicknames(connection)
        create_records(connection, list(SOURCES), reading=Reading(AS_OF_YEAR))
        steps["records"] = clock.figures()
        api = DuckDBAPI(connection=connection)
        linker = linker_of(api, model, ADVISED if options.advised else EXACT,
                           has_all=options.all_keys)
        steps["training"] = clock.figures()
        predicted = linker.inference.predict(threshold_match_probability=CUT)
        steps["predict"] = clock.figures()
        people = clustered(connection, api, predicted, linker.misc.save_model_to_json())
        connection.execute(
            "CREATE TABLE labels AS SELECT m.source_name, m.row_key, m.rid, c.cluster_id AS "
            f"person FROM row_record m JOIN {people.physical_name} c ON c.rid = m.rid")
        figures = clock.figures() | {"steps_until": steps}
        figures["n_predicted"] = connection.execute(
            f"SELECT count(*) FROM {predicted.physical_name}").fetchall()[0][0]
        write_labels(connection, options.out, "labels")
    tell(**figures)


def rules(*, has_all: bool) -> list[str]:
    """Return the blocking rules as Splink has them."""
    both = [(rule, "") for rule in ELECTOR_RULES]
    both += [(rule, f" AND {OFF_REGISTER}") for rule in OTHER_RULES
             if has_all or rule not in LEFT_OUT]
    return [equal(rule) + also for rule, also in both]


def equal(parts: tuple[str, ...]) -> str:
    """Return the rule that both sides have the same of every part.

    >>> equal(("email", "last_name"))
    'l.email = r.email AND l.last_name = r.last_name'
    """
    return " AND ".join(f"{of('l', part)} = {of('r', part)}" for part in parts)


def of(side: str, expression: str) -> str:
    """Return the expression over one side of a pair.

    >>> of("l", "left(last_name, 3)")
    'left(l.last_name, 3)'
    """
    return re.sub(r"\b(?!left\b|split_part\b)([a-z_]{4,})\b", rf"{side}.\1", expression)


def hoisted(comparison: dict[str, Any]) -> dict[str, Any]:
    """Return the comparison with what several levels compute in the first, which tests nothing.

    >>> like = "jaro_winkler_similarity(a_l, a_r)"
    >>> levels = ["a_l IS NULL OR a_r IS NULL", f"{like} > 0.9", f"{like} > 0.8", "ELSE"]
    >>> of_it = {"comparison_levels": [{"sql_condition": level} for level in levels]}
    >>> hoisted(of_it)["comparison_levels"][0]["sql_condition"]
    'jaro_winkler_similarity(a_l, a_r) = -100 OR a_l IS NULL OR a_r IS NULL'
    """
    missing, *levels = comparison["comparison_levels"]
    calls = DEAR.findall(" ".join(level["sql_condition"] for level in levels))
    ahead = "".join(f"{call} = -100 OR " for call in dict.fromkeys(calls) if calls.count(call) > 1)
    first = missing | {"sql_condition": ahead + missing["sql_condition"]}
    return comparison | {"comparison_levels": [first, *levels]}


def linker_of(
    api: DuckDBAPI, model: dict[str, Any] | None, training: Training, *, has_all: bool
) -> Linker:
    """Return Splink's linker, trained by itself where there is no model."""
    comparisons: list[dict[str, Any]] = [splink_comparison(c) for c in COMPARISONS]
    settings = model or {
        "link_type": "dedupe_only", "unique_id_column_name": "rid",
        "comparisons": [hoisted(c) for c in comparisons] if training.is_hoisted else comparisons,
        "retain_matching_columns": False, "retain_intermediate_calculation_columns": False,
    }
    settings = settings | {"blocking_rules_to_generate_predictions": rules(has_all=has_all)}
    linker = Linker(api.register("record", dataset_display_name="record"), settings)
    if not model:
        train = linker.training
        train.estimate_probability_two_random_records_match(
            [equal(key.parts) for key in CERTAIN_KEYS], recall=CERTAIN_KEYS_RECALL)
        train.estimate_u_using_random_sampling(**training.u)
        for rule in TRAINING_RULES:
            train.estimate_parameters_using_expectation_maximisation(
                equal(rule), **training.m)
    return linker


def clustered(
    connection: duckdb.DuckDBPyConnection, api: DuckDBAPI, predicted: Any, model: dict[str, Any]
) -> Any:
    """Return Splink's clusters of the pairs that stand, and of electors' numbers."""
    # Weights without term frequencies, as the veto wants them.
    levels = {c["output_column_name"]: trained_levels(c) for c in model["comparisons"]}
    weights = ", ".join(
        f"{case_sql(of_it, [repr(level.match_weight) for level in of_it])} AS weight_{name}"
        for name, of_it in levels.items())
    both = ", ".join(f"l.{name} AS {name}_l, r.{name} AS {name}_r"
                     for name, *_ in connection.execute("DESCRIBE record").fetchall())
    connection.execute(
        f"CREATE TABLE standing AS SELECT rid_l, rid_r, match_probability FROM (SELECT *, "
        f"{weights} FROM (SELECT match_probability, {both} FROM {predicted.physical_name} p "
        "JOIN record l ON l.rid = p.rid_l JOIN record r ON r.rid = p.rid_r)) "
        f"WHERE NOT ({VETO}) UNION ALL {GIVEN}")
    connection.execute("CREATE VIEW node AS SELECT rid FROM record")
    return cluster_pairwise_predictions_at_threshold(
        api.register("node", dataset_display_name="node"),
        api.register("standing", dataset_display_name="standing"), api,
        node_id_column_name="rid", threshold_match_probability=CUT)


if __name__ == "__main__":
    main()
