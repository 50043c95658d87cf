"""How well linking finds who is who, compared with the truth of a sample that it has not seen.

    python benchmarks/linkage_truth.py [--people 200000] [--seed 101 102 103] [--folder DIR]
                                       [--write]

It makes a sample in a temporary folder (or in DIR, and keeps it), admits its files with the
code that the pipeline runs, links seven sources without the truth, and then counts pairs of
records. A true pair *shares evidence* where the two records have the same telephone number,
e-mail or elector's number; or the same home and a family or given name; or both names and a
town, postcode, seat, or year of birth. ``recall`` counts those; ``recall_all`` counts every
true pair, most of which nothing but a third record could join. Plain Splink is the same model
at p >= .95 with neither veto nor rivals. --write keeps the figures for the link brief. The
last line is JSON, with a figure a seed where there are several.
"""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import yaml
from shared import ROOT, Clock, kept_or_temporary, options, tell, view_tables

from workbench.intake import admit, gather
from workbench.pages.link.measured import linking_code
from workbench.people.link import Linked, evidence_of, link_tables
from workbench.people.reading import Reading
from workbench.people.resolve import components, resolve
from workbench.people.score import weights_sql
from workbench.sample import make_campaign, write_campaign
from workbench.settings import load_settings

MEASURED = ROOT / "src/workbench/pages/link/measured.json"
KEPT = ("people", "seeds", "precision", "recall", "f1", "best_f1", "plain_f1", "by_source",
        "by_dirt")
SOURCES = ("voters", "canvass", "polls", "donations", "consumer", "social_users",
           "mobile_contacts")
PRECISION_MIN = 0.99
OTHER_PRECISIONS = (0.0, 0.9, 0.95, 0.97, 0.98, 0.985, 0.9875, 0.9925, 0.995, 0.9975)
PLAIN_CUT = 0.95
EVIDENCE = """
    a.phone = b.phone OR a.email = b.email OR a.voter_id = b.voter_id
    OR (a.house = b.house AND a.street = b.street AND (a.postcode = b.postcode OR a.town = b.town)
        AND (a.last_name = b.last_name OR a.first_root = b.first_root))
    OR (a.last_name = b.last_name AND a.first_root = b.first_root AND (
        a.town = b.town OR a.postcode = b.postcode OR a.seat_id = b.seat_id
        OR (a.birth_low = b.birth_low AND a.birth_high = b.birth_high)))
"""


def main() -> None:
    """Make or reuse the sample, link it, print the tables and the line of JSON."""
    asked = options(__doc__, people=200_000, seed=[101], write=False, folder=Path)
    found = []
    for seed in asked.seed:
        place = asked.folder and asked.folder / str(seed)
        with (sample_of(place, asked.people, seed) as folder,
              duckdb.connect(config={"threads": 2}) as connection):
            found.append(measure(connection, folder))
    figures = together(found) | {"people": asked.people, "seeds": asked.seed}
    if asked.write:
        kept = {name: figures[name] for name in KEPT} | {"linking_code": linking_code()}
        MEASURED.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    tell(**(found[0] | {"people": asked.people, "seed": asked.seed[0]}
            if len(found) == 1 else figures))


def together(found: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a list of each figure, a seed after the other; means by source and by dirt."""
    figures: dict[str, Any] = {}
    for name, first in found[0].items():
        if isinstance(first, dict):
            means = pd.DataFrame([one[name] for one in found]).mean()
            figures[name] = {key: round(float(mean), 4) for key, mean in means.items()}
        else:
            figures[name] = [one[name] for one in found]
    return figures


@contextlib.contextmanager
def sample_of(place: Path | None, n_people: int, seed: int) -> Iterator[Path]:
    """Give the folder of a sample, made or found in ``place``, or else a temporary one."""
    with kept_or_temporary(place) as folder:
        if not (folder / "data" / "tables").is_dir():
            make_sample(folder, n_people, seed)
        yield folder


def make_sample(folder: Path, n_people: int, seed: int) -> None:
    """Write a sample's raw files, admit them and gather them below ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    params = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    params["sample"] |= {"n_people": n_people, "seed": seed}
    (folder / "params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))
    shutil.copytree(ROOT / "expectations", folder / "expectations", dirs_exist_ok=True)
    settings = load_settings(folder)
    campaign = make_campaign(
        n_people, seed=seed, difficulty=settings.sample.difficulty,
        as_of=settings.campaign.as_of, polling_date=settings.campaign.polling_date)
    write_campaign(campaign, folder / "data/raw/sample", folder / "data/truth/sample")
    for name in settings.sources:
        admit(settings, name, n_workers=1)
    gather(settings)


def link_sample(connection: duckdb.DuckDBPyConnection, folder: Path) -> Linked:
    """Link the sources of a sample, as the pipeline does."""
    view_tables(connection, folder, SOURCES)
    return link_tables(connection, list(SOURCES), reading=Reading(2026),
                       precision_min=PRECISION_MIN)


def measure(connection: duckdb.DuckDBPyConnection, folder: Path) -> dict[str, Any]:
    """Link in ``connection``, and compare the result with the truth."""
    clock = Clock()
    linked = link_sample(connection, folder)
    seconds = clock.told("seconds", digits=1)
    load_truth(connection, folder)
    make_true_pairs(connection)
    truth = connection.execute("SELECT tid FROM who ORDER BY rid").fetchnumpy()["tid"]
    person = linked.resolved.person
    figures = pair_figures(person, truth) | seconds
    figures |= {"recall_all": figures.pop("recall")} | table_of_sources(connection, person)
    figures["by_dirt"] = table_of_dirt(connection, folder)
    figures["best_f1"], figures["best_at"] = best_cut(connection, truth)
    figures["f1"] = shared_f1(connection, person, truth)
    figures["plain_f1"] = shared_f1(connection, plain(connection, linked.model), truth)
    return {k: round(v, 4) if isinstance(v, float) else v for k, v in figures.items()}


def load_truth(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Create ``who``: rid and the person's true number, a row a record."""
    parts = " UNION ALL ".join(
        f"SELECT '{name}' AS source_name, row_key, person_id FROM "
        f"'{folder}/data/truth/sample/who_{name}.parquet'" for name in SOURCES)
    connection.execute(
        "CREATE TABLE who AS SELECT rid, min(person_id) AS tid FROM (SELECT rid, source_name, "
        "CASE WHEN source_name = 'polls' THEN split_part(row_key, '|', 1) ELSE row_key END "
        f"AS row_key FROM row_record) JOIN ({parts}) USING (source_name, row_key) GROUP BY rid")


def make_true_pairs(connection: duckdb.DuckDBPyConnection) -> None:
    """Create ``true_pair``, and whether each pair shares evidence.

    Blocking loses a pair whose two records no chain of true pairs that were offered connects.
    """
    offered = connection.execute(
        "SELECT rid_l - 1 AS l, rid_r - 1 AS r FROM (SELECT rid_l, rid_r FROM pair UNION ALL "
        "SELECT elector, rid FROM given) JOIN who a ON a.rid = rid_l JOIN who b ON b.rid = rid_r "
        "WHERE a.tid = b.tid").fetchnumpy()
    n = connection.execute("SELECT count(*) FROM record").fetchall()[0][0]
    connection.register("reach", pd.DataFrame({
        "rid": np.arange(1, n + 1), "reached": components(n, offered["l"], offered["r"])}))
    connection.execute(
        f"CREATE TABLE true_pair AS SELECT a.rid AS rid_l, b.rid AS rid_r, a.source_name AS "
        f"source_l, b.source_name AS source_r, coalesce({EVIDENCE}, false) AS is_shared, "
        "r.reached = s.reached AS is_blocked FROM who x "
        "JOIN who y ON x.tid = y.tid AND x.rid < y.rid "
        "JOIN record a ON a.rid = x.rid JOIN record b ON b.rid = y.rid "
        "JOIN reach r ON r.rid = a.rid JOIN reach s ON s.rid = b.rid")


def n_pairs(label: np.ndarray) -> float:
    """Return how many pairs of positions have one label."""
    sizes = np.unique(label, return_counts=True)[1].astype(float)
    return float((sizes * (sizes - 1) / 2).sum())


def pair_figures(person: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """Return pairwise precision and recall over all records."""
    right = n_pairs(person.astype(np.int64) * (int(truth.max()) + 1) + truth)
    return {"precision": right / n_pairs(person), "recall": right / n_pairs(truth)}


def shared_recall(connection: duckdb.DuckDBPyConnection, person: np.ndarray) -> pd.DataFrame:
    """Return, a row a pair of sources, the true pairs with evidence and how many were found."""
    label = pd.DataFrame({"rid": np.arange(1, len(person) + 1), "person": person})
    connection.register("label", label)
    return connection.execute(
        "SELECT source_l, source_r, count(*) AS n_shared, avg(is_blocked::INT) AS blocked, "
        "sum((l.person = r.person)::INT) AS n_found FROM true_pair JOIN label l ON l.rid = rid_l "
        "JOIN label r ON r.rid = rid_r WHERE is_shared GROUP BY ALL ORDER BY ALL").df()


def shared_f1(connection: duckdb.DuckDBPyConnection, person: np.ndarray,
              truth: np.ndarray) -> float:
    """Return F1 of precision over all pairs made and recall of true pairs with evidence."""
    table = shared_recall(connection, person)
    recall = table["n_found"].sum() / table["n_shared"].sum()
    precision = pair_figures(person, truth)["precision"]
    return float(2 * precision * recall / (precision + recall))


def table_of_sources(connection: duckdb.DuckDBPyConnection,
                     person: np.ndarray) -> dict[str, Any]:
    """Print recall by pair of sources; return recall and what blocking loses."""
    table = shared_recall(connection, person)
    table["recall"] = table["n_found"] / table["n_shared"]
    print(table.round(4).to_string(index=False))
    n = table["n_shared"].sum()
    return {"recall": float(table["n_found"].sum() / n),
            "lost_by_blocking": float(1 - (table["blocked"] * table["n_shared"]).sum() / n),
            "by_source": {f"{r.source_l}-{r.source_r}": round(r.recall, 4)
                          for r in table.itertuples()}}


def best_cut(connection: duckdb.DuckDBPyConnection, truth: np.ndarray) -> tuple[float, float]:
    """Return the best F1 of all asked precisions, and the precision that was asked."""
    evidence = evidence_of(connection)
    tried = [(shared_f1(connection, resolve(evidence, precision_min=least).person, truth), least)
             for least in (PRECISION_MIN, *OTHER_PRECISIONS)]
    return max(tried)


def plain(connection: duckdb.DuckDBPyConnection, model: dict[str, Any]) -> np.ndarray:
    """Return the clusters of the model's pairs at p >= .95 and of electors' numbers."""
    evidence = evidence_of(connection)
    columns = " + ".join(f"weight_{c['output_column_name']}" for c in model["comparisons"])
    prior = model["probability_two_random_records_match"]
    least = float(np.log2(PLAIN_CUT / (1 - PLAIN_CUT)) - np.log2(prior / (1 - prior)))
    pairs = connection.execute(
        f"SELECT rid_l - 1 AS l, rid_r - 1 AS r FROM ({weights_sql(model)}) "
        f"WHERE {columns} >= {least}").fetchnumpy()
    given = np.flatnonzero(evidence.given >= 0)
    left = np.concatenate([pairs["l"], given])
    right = np.concatenate([pairs["r"], evidence.given[given]])
    return components(evidence.n, left, right)


def table_of_dirt(connection: duckdb.DuckDBPyConnection, folder: Path) -> dict[str, float]:
    """Print and return recall of pairs with an elector, by the slip in the other's record."""
    found: dict[str, list[float]] = {}
    for name in SOURCES[1:]:
        path = f"{folder}/data/truth/sample/who_{name}.parquet"
        names = [r[0] for r in connection.execute(f"DESCRIBE SELECT * FROM '{path}'").fetchall()
                 if r[1] == "BOOLEAN" and r[0] != "is_repeated"]
        for slip in names:
            n, k = connection.execute(
                "SELECT count(*), coalesce(sum((l.person = r.person)::INT), 0) FROM true_pair "
                "JOIN label l ON l.rid = rid_l JOIN label r ON r.rid = rid_r JOIN row_record m "
                f"ON m.rid = CASE WHEN source_l = '{name}' THEN rid_l ELSE rid_r END "
                f"AND m.source_name = '{name}' JOIN '{path}' w ON w.row_key = "
                "CASE WHEN m.source_name = 'polls' THEN split_part(m.row_key, '|', 1) "
                f"ELSE m.row_key END WHERE is_shared AND {slip} AND source_l <> source_r "
                "AND 'voters' IN (source_l, source_r)").fetchall()[0]
            total = found.setdefault(slip, [0.0, 0.0])
            total[0], total[1] = total[0] + n, total[1] + float(k)
    rates = {slip: round(k / n, 4) for slip, (n, k) in sorted(found.items()) if n}
    print(pd.Series(rates, name="recall").to_string())
    return rates


if __name__ == "__main__":
    main()
