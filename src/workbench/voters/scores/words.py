"""The words of what the voters brief shows of the scores, written from the numbers shown."""

from __future__ import annotations

import pandas as pd

from workbench.disclosure import protect_measure, rounded_count
from workbench.settings import Disclosure
from workbench.voters.scores.held import RECENT_DAYS
from workbench.voters.scores.shown import Quality, score_measures

Words = dict[str, str]
LEARNED_FROM = {
    "polls": "Support is learned from {n_answers} answers to polls that could be linked.",
    "ids": "Support is learned from voter IDs alone: only {n_answers} answers to polls could be "
           "linked, and {n_answers_min:,} are needed. An ID is not a vote: take the scores as an "
           "order, not as chances.",
    "nothing": "There is no support score: neither polls nor voter IDs show both sides.",
}


def finding(quality: Quality, without: Words, profile: Disclosure) -> Words:
    """Return title, bottom line and decision; ``without`` where there are no scores to tell."""
    support, turnout = (protect_measure(measure, profile).value
                        for measure in score_measures(quality)[:2])
    if support is None or turnout is None:
        return without
    return {
        "title": f"{support:.0%} of electors would back us; {turnout:.0%} are expected to vote",
        "bottom_line": f"Every elector has a support and a turnout score. {_errors(quality)}"
                       f"{without['title']}. Nobody has a score of persuadability: only a "
                       "randomised test could give one.",
        "decision": f"Agree the turnout to plan with. {level_words(quality)}",
    }


def level_words(quality: Quality) -> str:
    """Return what turnout the scores take, on whose word, and how far it may lie off."""
    told = quality["turnout"]
    low, high = told["range"]
    like = " or ".join(f"{name}, {share:.0%}" for name, share in told["levels"].items())
    moved = f"Going by how elections of one kind have moved, {low:.0%} to {high:.0%} can come."
    if told["expected_share"] > 0:
        return (f"The scores take the campaign's own forecast, {told['expected_share']:.0%}; "
                f"today's electors would turn out as at {like}. {moved}")
    return f"The scores take it that today's electors turn out as at {like}. {moved}"


def learned_words(quality: Quality, profile: Disclosure) -> str:
    """Return what the scores were learned from, and what they had to do without."""
    support, ids = quality["support"], quality["ids"]
    parts = [LEARNED_FROM[support["learned_from"]].format(
        n_answers=_about(support["n_answers"], profile), n_answers_min=support["n_answers_min"])]
    parts.append(f"{_about(ids['n_recent'], profile).capitalize()} voter IDs are of the last "
                 f"{RECENT_DAYS} days.")
    if "turnout" not in quality["means"]:
        parts.append("There is no turnout score: no election on file has both voters and others, "
                     "or the vote history is another register's.")
    if ids["n_future"]:
        parts.append(f"{_about(ids['n_future'], profile).capitalize()} voter IDs are dated after "
                     "the day of this build and are not used.")
    if not ids["n_people"]:
        n_expired = ids["n_expired"]
        parts.append("Nobody has a voter ID that still counts" + (
            f": {_about(n_expired, profile)} have run out by the day of this build."
            if n_expired else "."))
    elif ids["regions_without"]:
        names = ", ".join(name.replace("_", " ") for name in ids["regions_without"])
        parts.append(f"Nobody has a voter ID in {names}: scores there rest on what people like "
                     "them said elsewhere.")
    parts.append("Persuadability is empty: no randomised test has been analysed. The model's key "
                 f"is {quality['model_key']}; where it is another one, scores moved with the "
                 "model and not with people alone.")
    return " ".join(parts)


def band_words(bands: pd.DataFrame, *, place: str) -> Words:
    """Return the words of the chart of how many have which score."""
    subtitle = f"Electors by tenth of score, support to the left and turnout to the right, {place}"
    shown = bands.dropna(subset=["n_support", "n_turnout"])
    if shown.empty or not shown[["n_support", "n_turnout"]].to_numpy().any():
        return {"title": "There are no scores to show", "subtitle": subtitle,
                "alt_text": "A pyramid of electors by score with every band hidden."}
    support, turnout = (shown["band_name"].iloc[int(shown[name].astype("int64").argmax())]
                        for name in ("n_support", "n_turnout"))
    return {"title": f"Support is most often {support}, turnout {turnout}", "subtitle": subtitle,
            "alt_text": "A pyramid of electors by tenth of score: most have support scores of "
                        f"{support} and turnout scores of {turnout}."}


def calibration_words(table: pd.DataFrame, quality: Quality, code: str, *, place: str) -> Words:
    """Return the words of the chart of what was foretold and what was seen."""
    judged = quality[code]["judged"]
    told = judged["on_what"] if judged else "nothing to judge by"
    n = int(table["n_people"].dropna().astype("int64").sum())
    subtitle = (f"Foretold and seen by tenth of the {code} score, on {told}, {place}, n {n:,}; "
                "lines: 90% interval")
    shown = table.dropna(subset=["foretold_share", "seen_share"])
    if shown.empty:
        return {"title": f"The {code} score could not be judged", "subtitle": subtitle,
                "alt_text": f"A calibration chart of {code} with every point hidden."}
    points = round(100 * judged["calibration_error"])
    return {
        "title": f"{code.capitalize()} came out {points} points from what was foretold",
        "subtitle": subtitle,
        "alt_text": "Points of foretold against seen shares: " + ", ".join(
            f"{a:.0%} foretold and {b:.0%} seen" for a, b in
            zip(shown["foretold_share"], shown["seen_share"], strict=True)) + ".",
    }


MEAN_OF_A_NORMAL = 0.798  # standard deviations: how far chance alone is off, on average
ID_LABELS = {"meaning_name": "Newest voter ID", "n_people": "People",
             "n_contradicted": "Have said both"}
ID_RULE = ("The newest day's ID counts; where IDs of that day differ, it is undecided. "
           "An ID halves over half of its life and is dropped after it.")


def id_labels(table: pd.DataFrame) -> Words:
    """Return the labels of the columns that the table of voter IDs has."""
    return {name: label for name, label in ID_LABELS.items() if name in table}


def _about(n: int, profile: Disclosure) -> str:
    if not n:
        return "no"
    shown = rounded_count(n, profile)
    return f"under {profile.cell_min}" if shown is None else f"{shown:,}"


def _errors(quality: Quality) -> str:
    told = []
    for code in ("support", "turnout"):
        if judged := quality[code]["judged"]:
            by_chance = MEAN_OF_A_NORMAL * pd.DataFrame(judged["bins"])["variance"].pow(0.5).mean()
            told.append(f"{round(100 * judged['calibration_error'])} points for {code} "
                        f"(chance alone gives {round(100 * by_chance)})")
    return f"On outcomes they had not seen they missed by {' and '.join(told)}. " if told else ""
