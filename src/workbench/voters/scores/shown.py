"""What the voters brief shows of the scores: headline numbers and tables as they may be shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from workbench.disclosure import Shape, protect
from workbench.errors import StorageError
from workbench.measures import Measure
from workbench.settings import Disclosure
from workbench.tables.results import MEANING_CODES

QUALITY_FILE = Path("data", "scores", "quality.json")
INTERVAL_Z = 1.645  # standard errors: the interval of what was seen holds with 90 %
SCORE_NAMES = ("support", "turnout")
N_BANDS = 10
NOT_KNOWN = "not known"
Quality = dict[str, Any]
_HELD = Shape("n_people", ("n_people", "n_foretold", "n_seen"),
              shares={"foretold_share": ("n_foretold", "n_people"),
                      "seen_share": ("n_seen", "n_people")})


def read_quality(root: Path) -> Quality:
    """Return the exact figures of scoring; StorageError where they are not there."""
    path = root / QUALITY_FILE
    if not path.is_file():
        raise StorageError(f"{QUALITY_FILE} is not there. Run 'dvc repro scores' and try again.")
    return dict(json.loads(path.read_text(encoding="utf-8")))


def score_measures(quality: Quality) -> list[Measure]:
    """Return the headline numbers of the scores, before they are protected.

    The range of turnout reaches from the forecast to the levels of the like elections.
    """
    n, means = quality["n_people"], quality["means"]
    levels = [*quality["turnout"]["levels"].values(), means.get("turnout")]
    low, high = _range(quality["support"]["judged"], means.get("support"))
    has_range = means.get("turnout") is not None and max(levels) > min(levels)
    return [
        Measure("support_mean", "Would vote for us", means.get("support"), "share",
                "share of electors, if they vote",
                "Mean support score: the share of electors who would vote for us, if they vote.",
                n=n,
                low=low, high=high),
        Measure("turnout_expected", "Expected to vote", means.get("turnout"), "share",
                "share of electors",
                "Mean turnout score; its range reaches to the turnout of the elections that the "
                "coming one is taken to be like.", n=n,
                low=min(levels) if has_range else None, high=max(levels) if has_range else None),
        Measure("with_id_share", "Have a voter ID", quality["ids"]["n_people"] / n if n else None,
                "share", "share of electors",
                "Electors who told a canvasser where they stand, not too long ago.", n=n),
    ]


def band_table(quality: Quality, profile: Disclosure) -> pd.DataFrame:
    """Return one row a tenth of score: ``band_name``, and electors whose score lies in it."""
    bands = [f"{10 * i}-{10 * i + 10}%" for i in range(N_BANDS)]
    counts = {f"n_{code}": quality["bands"].get(code, [0] * N_BANDS) for code in SCORE_NAMES}
    rows = pd.DataFrame({"band_name": bands, **counts})
    rows["n_electors"] = rows[list(counts)].max(axis=1)
    shape = Shape("n_electors", ("n_electors", *counts))
    return protect(rows, profile, shape=shape).drop(columns="n_electors")


def calibration_table(quality: Quality, code: str, profile: Disclosure) -> pd.DataFrame:
    """Return one row a tenth of the people by score: foretold and seen shares, and the interval.

    Of outcomes that the model had not seen; one hidden row where there were none.
    """
    judged = quality[code]["judged"]
    bins = pd.DataFrame(judged["bins"] if judged else [
        {"n": 0, "foretold_probability": 0.0, "seen_share": 0.0, "variance": 0.0}])
    return _held_against(bins, profile)[
        ["foretold_share", "seen_share", "seen_low", "seen_high", "n_people"]]


def group_table(quality: Quality, profile: Disclosure) -> pd.DataFrame:
    """Return one row a region and age band: foretold and seen, for each score that was judged."""
    sides = []
    for code in SCORE_NAMES:
        judged = quality[code]["judged"]
        if judged:
            groups = pd.DataFrame(judged["groups"])
            shown = _held_against(groups, profile)
            shown.insert(0, "group_name", [
                name.replace("_", " ").capitalize() for name in groups["level_name"]])
            columns = ["foretold_share", "seen_share"]
            sides.append(shown[["group_name", *columns]].rename(
                columns={name: f"{code}_{name}" for name in columns}))
    both = sides[0] if sides else pd.DataFrame({"group_name": ["No outcome to judge by"]})
    for side in sides[1:]:
        both = both.merge(side, on="group_name", how="outer", validate="one_to_one", sort=True)
    columns = [f"{code}_{name}" for code in SCORE_NAMES
               for name in ("foretold_share", "seen_share")]
    shown = both.reindex(columns=["group_name", *columns])
    return shown.astype(dict.fromkeys(columns, "Float64"))


def correction_table(quality: Quality, profile: Disclosure) -> pd.DataFrame:
    """Return one row a question: what those reached would say, and what we say of everybody."""
    rows = pd.DataFrame(quality["corrections"] or [
        {"question_name": "Nobody was reached", "n_people": 0, "reached_share": None,
         "corrected_share": None, "known_share": None}])
    names = {"n_reached": "reached_share", "n_corrected": "corrected_share",
             "n_known": "known_share"}
    counts = {count: (rows[share].astype("Float64") * rows["n_people"]).round()
              for count, share in names.items()}
    shares = {share: (count, "n_people") for count, share in names.items()}
    frame = rows[["question_name", "n_people"]].assign(**counts)
    shown = protect(frame, profile, shape=Shape("n_people", ("n_people", *counts), shares=shares))
    known = [NOT_KNOWN if is_bare else "not shown" if pd.isna(share) else f"{share:.0%}"
             for share, is_bare in zip(shown["known_share"], rows["known_share"].isna(),
                                       strict=True)]
    return shown[["question_name", "n_people", "reached_share", "corrected_share"]].assign(
        known_name=known)


def id_table(quality: Quality, profile: Disclosure) -> pd.DataFrame:
    """Return one row a meaning: people whose newest ID says so, and who contradict themselves."""
    rows = pd.DataFrame(quality["ids"]["meanings"] or [
        {"meaning_code": "none", "n_people": 0, "n_contradicted": 0}])
    order = [*MEANING_CODES, "none"]
    rows = rows.sort_values("meaning_code", key=lambda codes: codes.map(order.index))
    rows = rows[["meaning_code", "n_people", "n_contradicted"]].reset_index(drop=True)
    shown = protect(rows, profile, shape=Shape("n_people", ("n_people", "n_contradicted")))
    names = shown["meaning_code"].str.replace("_", " ").str.capitalize()
    return shown.assign(meaning_code=names).rename(columns={"meaning_code": "meaning_name"})


def mark_table(quality: Quality, profile: Disclosure) -> pd.DataFrame:
    """Return one row an election: who voted in person, by post, did not, was not on it yet."""
    counts = ["n_voted", "n_by_post", "n_did_not", "n_not_on_register"]
    rows = pd.DataFrame(quality["elections"] or [
        {"election_name": "No election on file", **dict.fromkeys(counts, 0)}])
    rows = rows[["election_name", *counts]].assign(n_electors=rows[counts].sum(axis=1))
    shape = Shape("n_electors", ("n_electors", *counts))
    return protect(rows, profile, shape=shape).drop(columns="n_electors")


def _held_against(rows: pd.DataFrame, profile: Disclosure) -> pd.DataFrame:
    """Return shares foretold and seen as they may be shown, and the interval of what was seen."""
    n = rows["n"].astype("int64")
    frame = pd.DataFrame({
        "n_people": n, "n_foretold": (rows["foretold_probability"] * n).round(),
        "n_seen": (rows["seen_share"] * n).round()})
    shown = protect(frame, profile, shape=_HELD).drop(columns=["n_foretold", "n_seen"])
    reach = INTERVAL_Z * np.sqrt(rows["variance"].to_numpy(dtype="float64"))
    for name, side in (("seen_low", -reach), ("seen_high", reach)):
        shown[name] = (shown["seen_share"] + side).clip(0, 1).round(2)
    return shown


def _range(judged: Quality | None, mean: float | None) -> tuple[float | None, float | None]:
    """Return the ends of a mean support score: how far the answers could be off by chance."""
    if judged is None or mean is None:
        return None, None
    bins = pd.DataFrame(judged["bins"])
    share = bins["n"] / bins["n"].sum()
    reach = INTERVAL_Z * float(np.sqrt((share**2 * bins["variance"]).sum()))
    return max(mean - reach, 0.0), min(mean + reach, 1.0)
