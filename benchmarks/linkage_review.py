"""How well quality is estimated without labels, and from 440: compared with a sample's truth.

    python benchmarks/linkage_review.py [--people 20000] [--seed 101] [--folder DIR] [--draws 50]

It links a sample as benchmarks/linkage_truth.py does (or reuses its folder), draws the pairs
for review with several seeds, labels them by the truth, and counts how often the interval
covers the true precision and the true recall of the links offered. The last line is JSON.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import tempfile
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
from linkage_truth import PRECISION_MIN, SOURCES, load_truth, make_sample

from workbench.people.link import link_tables
from workbench.people.quality import estimate_quality, model_quality, recalibrate
from workbench.people.reading import Reading
from workbench.people.review import draw_review_pairs, offers_of

N_PAIRS = 440


def main() -> None:
    """Make or reuse the sample, link it, and print the line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=101)
    parser.add_argument("--draws", type=int, default=50)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = options.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if not (folder / "data" / "tables").is_dir():
            make_sample(folder, options.people, options.seed)
        offers, is_right = linked_offers(folder)
        print(json.dumps(measure(offers, is_right, options.draws)
                         | {"people": options.people, "seed": options.seed}))


def linked_offers(folder: Path) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the links offered, and whether both records of each are one person in truth."""
    with duckdb.connect(config={"threads": 2}) as connection:
        return offers_in(connection, folder)


def offers_in(
    connection: duckdb.DuckDBPyConnection, folder: Path
) -> tuple[pd.DataFrame, np.ndarray]:
    """As ``linked_offers``, in ``connection``."""
    for name in SOURCES:
        connection.execute(
            f"CREATE VIEW {name} AS SELECT * FROM '{folder}/data/tables/{name}.parquet'")
    linked = link_tables(connection, list(SOURCES), reading=Reading(2026),
                         precision_min=PRECISION_MIN)
    offers = offers_of(connection, linked.resolved)
    load_truth(connection, folder)
    truth = connection.execute("SELECT rid, tid FROM who").df().set_index("rid")["tid"]
    left, right = (truth.reindex(offers[f"rid_{side}"]).to_numpy() for side in "lr")
    return offers, left == right


def measure(offers: pd.DataFrame, is_right: np.ndarray, n_draws: int) -> dict[str, Any]:
    """Return the truth, the estimates, and how often the intervals covered it."""
    is_linked = offers["is_linked"].to_numpy(dtype=bool)
    precision = is_right[is_linked].mean()
    recall = is_right[is_linked].sum() / is_right.sum()
    keys = pd.Series({rid: f"{rid:09}" for rid in {*offers["rid_l"], *offers["rid_r"]}})
    right = dict(zip(zip(offers["rid_l"], offers["rid_r"], strict=True), is_right, strict=True))
    found = [one_draw(offers, keys, right, seed) for seed in range(n_draws)]
    frame = pd.DataFrame(found)
    covers = {
        f"covered_{name}": float(frame.eval(f"{name}_low <= {true} <= {name}_high").mean())
        for name, true in (("precision", precision), ("recall", recall))}
    own = model_quality(draw_review_pairs(offers, keys, n_pairs=N_PAIRS, seed=0))
    gap = [best_f1(offers, is_right) - f1_at(offers, is_right, cut) for cut in frame["cut"]]
    figures = {
        "n_offers": len(offers), "precision": precision, "recall": recall, **covers,
        "mean_precision": frame["precision"].mean(), "mean_recall": frame["recall"].mean(),
        "width_precision": (frame["precision_high"] - frame["precision_low"]).mean(),
        "width_recall": (frame["recall_high"] - frame["recall_low"]).mean(),
        "model_precision": own.precision, "model_recall": own.recall,
        "model_covers": bool(own.precision_low <= precision <= own.precision_high
                             and own.recall_low <= recall <= own.recall_high),
        "f1_below_best": float(np.mean(gap)), "draws": n_draws,
    }
    return {k: round(float(v), 4) if isinstance(v, float) else v for k, v in figures.items()}


def one_draw(offers: pd.DataFrame, keys: pd.Series, right: dict[tuple[int, int], bool],
             seed: int) -> dict[str, float]:
    """Draw, label by the truth, estimate."""
    drawn = draw_review_pairs(offers, keys, n_pairs=N_PAIRS, seed=seed)
    pairs = zip(drawn["record_key_l"].astype(int), drawn["record_key_r"].astype(int),
                strict=True)
    answers = drawn[["record_key_l", "record_key_r"]].assign(
        answer_code=["same" if right[pair] else "different" for pair in pairs])
    recalibrated = recalibrate(drawn, answers)
    assert recalibrated is not None
    return vars(estimate_quality(drawn, answers)) | {"cut": recalibrated.cut}


def f1_at(offers: pd.DataFrame, is_right: np.ndarray, cut: float) -> float:
    """Return F1 of the links of a probability of ``cut`` or more."""
    is_in = (offers["link_probability"] >= cut).to_numpy()
    return float(2 * is_right[is_in].sum() / (is_in.sum() + is_right.sum()))


def best_f1(offers: pd.DataFrame, is_right: np.ndarray) -> float:
    """Return the F1 of the best cut there is."""
    order = np.argsort(-offers["link_probability"].to_numpy(), kind="stable")
    right = np.cumsum(is_right[order])
    return float((2 * right / (np.arange(1, len(order) + 1) + is_right.sum())).max())


if __name__ == "__main__":
    main()
