"""What the voters brief shows of the scores: headline numbers and tables as they may be shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from workbench.disclosure import Shape, exempt, protect
from workbench.measures import Measure
from workbench.settings import Disclosure
from workbench.tables import store
from workbench.tables.results import MEANING_CODES
from workbench.voters.register import NOT_KNOWN
from workbench.voters.scores.quality import N_BANDS, SCORE_NAMES, Quality, read_quality
from workbench.voters.scores.voter_ids import ANSWERS, SCORED

TABLES = ("voters", "vote_history")
READ = (*TABLES, "data/scores/quality.json")
INTERVAL_Z = 1.645  # standard errors: the interval of what was seen holds with 90 %
POLLS_MISS = 2.0    # times as far as chance in who answers: Shirani-Mehr and others 2018
NOT_JUDGED = "not judged"
VOTES = "electors learned from who could vote"
OF_SCORES = "means of scores and of weighted answers: estimates, which count nobody"
OF_CHANCE = "how far chance reaches from a share that is shown"
HELD_COLUMNS = ("predicted_share", "seen_share", "seen_low", "seen_high", "n_people")


def read_inputs(root: Path) -> tuple[dict[str, pd.DataFrame], Quality]:
    """Return the tables of the register and the figures of scoring; StorageError if absent."""
    return store.read_tables(root, TABLES), read_quality(root)


def score_measures(quality: Quality) -> list[Measure]:
    """Return the headline numbers of the scores, before they are protected.

    The range of turnout is what elections of one kind have moved from one to the next; it
    reaches to the campaign's own forecast where that lies outside.
    """
    n, means = quality["n_people"], quality["means"]
    ends = [*quality["turnout"]["range"], means["turnout"]] if "turnout" in means else []
    low, high = _range(quality["support"]["judged"], means.get("support"))
    return [
        Measure("support_mean", "Would vote for us", means.get("support"), "share",
                "share of electors, if they vote",
                "Mean support score: the share of electors who would vote for us, if they vote. "
                "Its range is twice as wide as chance in who answers makes it, for that is how "
                "far election polls have missed. A swing to come is not in it.",
                n=n, low=low, high=high, population=SCORED, column="n_electors"),
        Measure("turnout_expected", "Expected to vote", means.get("turnout"), "share",
                "share of electors",
                "Mean turnout score, a forecast; its range is as wide as elections of one kind "
                "have moved from one to the next.", n=n, low=min(ends, default=None),
                high=max(ends, default=None), population=SCORED, column="n_electors"),
        Measure("with_id_share", "Have a voter ID", quality["ids"]["n_people"] / n if n else None,
                "share", "share of electors",
                "Electors who told a canvasser where they stand, not too long ago.", n=n,
                population=SCORED, column="n_electors", part="n_with_id"),
    ]


def band_table(quality: Quality, profile: Disclosure) -> pd.DataFrame:
    """Return one row a tenth of score: ``band_name``, and electors whose score lies in it."""
    rows = pd.DataFrame({"band_name": [f"{10 * i}-{10 * i + 10}%" for i in range(N_BANDS)]})
    for code in SCORE_NAMES:
        counts = quality["bands"].get(code, [0] * N_BANDS)
        band = f"{code}_band"
        shape = Shape("n_electors", ("n_electors",), population=SCORED, dimensions=(band,),
                      is_partition=sum(counts) == quality["n_people"])
        frame = pd.DataFrame({band: rows["band_name"], "n_electors": counts})
        rows[f"n_{code}"] = protect(frame, profile, shape=shape)["n_electors"]
    return rows


def calibration_table(quality: Quality, code: str, profile: Disclosure) -> pd.DataFrame:
    """Return one row a tenth of the people by score: predicted and seen shares, and the interval.

    Of outcomes that the model had not seen; one hidden row where there were none.
    """
    judged = quality[code]["judged"]
    bins = pd.DataFrame(judged["bins"] if judged else [
        {"n": 0, "predicted_probability": 0.0, "seen_share": 0.0, "variance": 0.0}])
    bins["tenth_name"] = [f"{i + 1} of {len(bins)}" for i in range(len(bins))]
    return _compared(bins, "tenth_name", code, profile)[list(HELD_COLUMNS)]


def group_table(quality: Quality, profile: Disclosure) -> pd.DataFrame:
    """Return one row a region and age band: predicted and seen, for each score that was judged.

    ``support_told_name`` and ``turnout_told_name`` say in words whether what was seen lies
    further off than chance reaches.
    """
    shares = [f"{code}_{name}" for code in SCORE_NAMES for name in HELD_COLUMNS[:2]]
    parts = [_groups_held(quality[code]["judged"], code, profile) for code in SCORE_NAMES
             if quality[code]["judged"]]
    if not parts:
        parts = [pd.DataFrame(index=pd.Index(["No outcome to judge by"], name="group_name"))]
    names = [f"{code}_told_name" for code in SCORE_NAMES]
    both = pd.concat(parts, axis=1).reindex(columns=[*shares, *names])
    both[shares] = both[shares].astype("Float64")
    both[names] = both[names].astype("object").fillna(NOT_JUDGED)
    both = both[[column for pair in (shares[:2], names[:1], shares[2:], names[1:])
                 for column in pair]]
    kinds = both.index.str.startswith("Aged") | both.index.str.startswith("Age ")
    order = sorted(range(len(both)), key=lambda i: (bool(kinds[i]), both.index[i]))
    return both.iloc[order].rename_axis("group_name").reset_index()


def correction_table(quality: Quality, profile: Disclosure) -> pd.DataFrame:
    """Return one row a question: what those reached would say, and what we say of everybody.

    Columns: ``question_name``, ``n_people``, ``reached_share``, ``corrected_share`` and
    ``known_name``, what a register knows, in words.
    """
    rows = pd.DataFrame([_question(row, profile) for row in quality["corrections"]] or [
        {"question_name": "Nobody was reached", "n_people": None, "reached_share": None,
         "corrected_share": None, "known_name": NOT_KNOWN}])
    rows["n_people"] = rows["n_people"].astype("Int64")
    shares = ["reached_share", "corrected_share"]
    rows[shares] = rows[shares].astype("Float64")
    return exempt(rows, OF_SCORES, *shares)


def id_table(quality: Quality, profile: Disclosure) -> pd.DataFrame:
    """Return one row a meaning: people whose newest ID says so, and who contradict themselves.

    Where all of the latter are hidden, their column is left out.
    """
    rows = pd.DataFrame(quality["ids"]["meanings"] or [
        {"meaning_code": "none", "n_people": 0, "n_contradicted": 0}])
    order = [*MEANING_CODES, "none"]
    rows = rows.sort_values("meaning_code", key=lambda codes: codes.map(order.index))
    rows = rows[["meaning_code", "n_people", "n_contradicted"]].reset_index(drop=True)
    shape = Shape("n_with_id", ("n_with_id", "n_contradicted"), population=SCORED,
                  dimensions=("meaning_code",), parts={"n_with_id": ("n_contradicted",)})
    shown = protect(rows.rename(columns={"n_people": "n_with_id"}), profile, shape=shape)
    names = shown["meaning_code"].str.replace("_", " ").str.capitalize()
    shown = shown.assign(meaning_code=names).rename(
        columns={"meaning_code": "meaning_name", "n_with_id": "n_people"})
    return shown if shown["n_contradicted"].notna().any() else shown.drop(
        columns="n_contradicted")


def mark_table(quality: Quality, profile: Disclosure) -> pd.DataFrame:
    """Return one row an election: who voted in person, by post, did not, was not on it yet."""
    counts = ("n_voted", "n_by_post", "n_did_not", "n_not_on_register")
    elections = quality["elections"]
    rows = pd.DataFrame(elections or [
        {"election_name": "No election on file", **dict.fromkeys(counts, 0)}])
    rows = rows[["election_name", *counts]].assign(
        n_electors=quality["n_people"] if elections else 0)
    shape = Shape("n_electors", ("n_electors", *counts), population=SCORED,
                  dimensions=("election_name",), is_disjoint=False,
                  totals={"n_electors": "n_electors"} if elections else {},
                  splits={"n_electors": counts})
    return protect(rows, profile, shape=shape).drop(columns="n_electors")


def _groups_held(judged: Quality, code: str, profile: Disclosure) -> pd.DataFrame:
    """Return predicted and seen shares of each region, then of each age band, by its name."""
    groups = pd.DataFrame(judged["groups"])
    parts = [_compared(rows.rename(columns={"level_name": str(kind)}), str(kind), code,
                           profile).assign(group_name=[_group_name(str(kind), level)
                                                       for level in rows["level_name"]])
             for kind, rows in groups.groupby("group_name", sort=False)]
    shown = pd.concat(parts).set_index("group_name")
    shown["told_name"] = [_told(*ends) for ends in zip(
        shown["predicted_share"], shown["seen_low"], shown["seen_high"], strict=True)]
    return shown[[*HELD_COLUMNS[:2], "told_name"]].add_prefix(f"{code}_")


def _told(predicted: float, low: float, high: float) -> str:
    if pd.isna(predicted):
        return NOT_JUDGED
    return "too high" if predicted > high else "too low" if predicted < low else "as predicted"


def _group_name(kind: str, level: str) -> str:
    if kind == "age_band":
        return f"Age {NOT_KNOWN}" if level == NOT_KNOWN else f"Aged {level}"
    return f"Region {NOT_KNOWN}" if level == NOT_KNOWN else level.replace("_", " ").capitalize()


def _compared(
    rows: pd.DataFrame, dimension: str, code: str, profile: Disclosure
) -> pd.DataFrame:
    """Return shares predicted and seen as they may be shown, and the interval of what was seen.

    Turnout was seen of everybody, so its shares are of counts. Answers are weighted: a weighted
    share is no share of people, and is hidden where a count of so many would be.
    """
    n = rows["n"].astype("int64")
    frame = pd.DataFrame({dimension: rows[dimension], "n_people": n,
                          "n_seen": (rows["seen_share"] * n).round().astype("int64")})
    shape = Shape("n_people", ("n_people", "n_seen"),
                  shares={"seen_share": ("n_seen", "n_people")},
                  population=VOTES if code == "turnout" else f"{ANSWERS}, weighted, {dimension}",
                  dimensions=(dimension,), parts={"n_people": ("n_seen",)})
    shown = protect(frame, profile, shape=shape).drop(columns="n_seen").reset_index(drop=True)
    seen = shown["seen_share"]
    predicted = rows["predicted_probability"].round(2).reset_index(drop=True)
    shown["predicted_share"] = predicted.astype("Float64").where(seen.notna())
    reach = INTERVAL_Z * np.sqrt(rows["variance"].to_numpy(dtype="float64"))
    for name, side in (("seen_low", -reach), ("seen_high", reach)):
        shown[name] = (seen + side).clip(0, 1).round(2)
    exempt(shown, OF_SCORES, "predicted_share")
    return exempt(shown, OF_CHANCE, "seen_low", "seen_high")


def _question(row: Quality, profile: Disclosure) -> dict[str, Any]:
    """Return one row of corrections as it may be shown: nothing on a base that is too small."""
    population, column = row["of_whom"]
    frame = pd.DataFrame({"question_name": [row["question_name"]], "n_people": row["n_people"]})
    shape = Shape("n_people", ("n_people",), population=population,
                  dimensions=("question_name",), totals={"n_people": column})
    n = protect(frame, profile, shape=shape)["n_people"].iloc[0]
    is_shown = not pd.isna(n) and n >= profile.percentage_base_min
    known = row["known_share"]
    words = NOT_KNOWN if known is None else f"{known:.0%}" if is_shown else "not shown"
    return {"question_name": row["question_name"], "n_people": n,
            **{name: round(row[name], 2) if is_shown else None
               for name in ("reached_share", "corrected_share")}, "known_name": words}


def _range(judged: Quality | None, mean: float | None) -> tuple[float | None, float | None]:
    """Return the ends of a mean support score: how far polls of so many answers are off."""
    if judged is None or mean is None:
        return None, None
    bins = pd.DataFrame(judged["bins"])
    share = bins["n"] / bins["n"].sum()
    reach = POLLS_MISS * INTERVAL_Z * float(np.sqrt((share**2 * bins["variance"]).sum()))
    return max(mean - reach, 0.0), min(mean + reach, 1.0)
