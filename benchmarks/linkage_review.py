"""How well quality is estimated without labels, and from 440: compared with a sample's truth.

    python benchmarks/linkage_review.py [--people 20000] [--seed 101] [--folder DIR] [--draws 50]

It links a sample as benchmarks/linkage_truth.py does (or reuses its folder), draws the pairs
for review with several seeds, labels them by the truth, and counts how often the interval
covers the true precision and the true recall of the links offered. The last line is JSON.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
from linkage_truth import link_sample, load_truth, sample_of
from shared import options, tell

from workbench.people.quality import estimate_quality, model_quality, recalibrate
from workbench.people.review import draw_review_pairs, offers_of

N_PAIRS = 440


def main() -> None:
    """Make or reuse the sample, link it, and print the line of JSON."""
    asked = options(__doc__, people=20_000, seed=101, draws=50, folder=Path)
    with sample_of(asked.folder, asked.people, asked.seed) as folder:
        offers, is_right = linked_offers(folder)
    tell(**measure(offers, is_right, asked.draws), people=asked.people, seed=asked.seed)


def linked_offers(folder: Path) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the links offered, and whether both records of each are one person in truth."""
    with duckdb.connect(config={"threads": 2}) as connection:
        offers = offers_of(connection, link_sample(connection, folder).resolved)
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
    f1 = f1_by_links(offers, is_right)
    gap = [f1.max() - f1[(offers["link_probability"] >= cut).sum() - 1] for cut in frame["cut"]]
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


def f1_by_links(offers: pd.DataFrame, is_right: np.ndarray) -> np.ndarray:
    """Return the F1 of the likeliest link alone, of the likeliest two, and so on."""
    order = np.argsort(-offers["link_probability"].to_numpy(), kind="stable")
    right = np.cumsum(is_right[order])
    return np.asarray(2 * right / (np.arange(1, len(order) + 1) + is_right.sum()))


if __name__ == "__main__":
    main()
