"""One run of plain Splink over the tables of linkage_data, beside which ours is measured.

    python benchmarks/linkage_plain.py FOLDER OUT [--model FILE] [--memory-gb 6] [--all-keys]

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
  that ours trained;
- predict at p >= .95, the veto, the elector's number where a record has one, and the connected
  components of Splink; then the person of every row. Files are written after the clock.
"""

from __future__ import annotations

import json
import logging
import re
from typing import Any

import duckdb
from linkage_data import SOURCES
from linkage_ours import AS_OF_YEAR, Clock, arguments, limits, view_tables, write_labels
from splink import DuckDBAPI, Linker
from splink.clustering import cluster_pairwise_predictions_at_threshold

from workbench.engine import open_database
from workbench.people.comparisons import COMPARISONS, splink_comparison
from workbench.people.compiled import trained_levels
from workbench.people.model import CERTAIN_KEYS, CERTAIN_KEYS_RECALL
from workbench.people.prepare import create_records, load_nicknames
from workbench.people.reading import Reading
from workbench.people.score import VETO

CUT = 0.95
RANDOM_PAIRS, EM_PAIRS = 3e6, 1e6
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
GIVEN = """
    SELECT v.rid AS rid_l, o.rid AS rid_r, 1.0 AS match_probability
    FROM record o JOIN record v ON o.voter_id = v.voter_id AND v.is_elector
    WHERE NOT o.is_elector AND (o.last_name IS NULL OR o.last_name = v.last_name
                                OR list_has_any(o.formals, v.formals))
"""


def main() -> None:
    """Link, write the labels, and print the line of JSON."""
    options = arguments(__doc__)
    logging.disable(logging.CRITICAL)
    model = json.loads(options.model.read_text()) if options.model else None
    clock = Clock()
    with open_database(limits(options), options.out) as connection:
        view_tables(connection, options.folder)
        steps = {}
        load_nicknames(connection)
        create_records(connection, list(SOURCES), reading=Reading(AS_OF_YEAR))
        steps["records"] = clock.figures()
        api = DuckDBAPI(connection=connection)
        linker = linker_of(api, model, has_all=options.all_keys)
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
    print(json.dumps(figures))


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


def linker_of(api: DuckDBAPI, model: dict[str, Any] | None, *, has_all: bool) -> Linker:
    """Return Splink's linker, trained by itself where there is no model."""
    settings = model or {
        "link_type": "dedupe_only", "unique_id_column_name": "rid",
        "comparisons": [splink_comparison(c) for c in COMPARISONS],
        "retain_matching_columns": False, "retain_intermediate_calculation_columns": False,
    }
    settings = settings | {"blocking_rules_to_generate_predictions": rules(has_all=has_all)}
    linker = Linker(api.register("record", dataset_display_name="record"), settings)
    if not model:
        train = linker.training
        train.estimate_probability_two_random_records_match(
            [equal(key.parts) for key in CERTAIN_KEYS], recall=CERTAIN_KEYS_RECALL)
        train.estimate_u_using_random_sampling(max_pairs=RANDOM_PAIRS, seed=1)
        for rule in TRAINING_RULES:
            train.estimate_parameters_using_expectation_maximisation(
                equal(rule), max_pairs=EM_PAIRS, record_sample_proportion=1.0)
    return linker


def clustered(
    connection: duckdb.DuckDBPyConnection, api: DuckDBAPI, predicted: Any, model: dict[str, Any]
) -> Any:
    """Return Splink's clusters of the pairs that stand, and of electors' numbers."""
    weights = ", ".join(f"{weight_sql(c)} AS weight_{c['output_column_name']}"
                        for c in model["comparisons"])
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


def weight_sql(comparison: dict[str, Any]) -> str:
    """Return SQL for a comparison's weight without term frequencies, as the veto wants it."""
    cases = " ".join(
        f"ELSE {level.match_weight!r}" if level.condition == "ELSE"
        else f"WHEN {level.condition} THEN {level.match_weight!r}"
        for level in trained_levels(comparison))
    return f"CASE {cases} END"


if __name__ == "__main__":
    main()
