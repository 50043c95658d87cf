"""The words of what the voters brief shows of the scores, written from the numbers shown."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from workbench.disclosure import protect_measure, rounded_count
from workbench.exhibits import Words, plural
from workbench.pages.voters.scores import score_measures
from workbench.settings import Disclosure
from workbench.voters.scores.quality import SCORE_NAMES, Quality, by_chance, failed_scores
from workbench.voters.scores.voter_ids import RECENT_DAYS

MOST_NAMED = 5
CHANCE_TIMES = 1.5  # of the mean error by chance: more than nineteen in twenty files stay below
LEARNED_FROM = {
    "polls": "Support is learned from {n_answers} answers to polls that could be linked.",
    "ids": "Support is learned from voter IDs alone: only {n_answers} answers to polls could be "
           "linked, and {n_answers_min:,} are needed. An ID is not a vote: take the scores as an "
           "order, not as chances.",
    "nothing": "There is no support score: neither polls nor voter IDs show both sides.",
}
TURNOUT_FROM = {
    "votes": "Turnout is learned from who voted at {learned_on}, of those who were on the "
             "register and of age by then, as far as dates are known.",
    "habit": "Turnout is less sure: there are no votes of an election of the kind that comes, "
             "with another before it, to learn from. It rests on how often people voted, and "
             "its range is taken twice as wide.",
    "nothing": "There is no turnout score: no election on file has both voters and others, or "
               "the vote history is another register's.",
}
ID_LABELS = {"meaning_name": "Newest voter ID", "n_people": "People",
             "n_contradicted": "Have said both"}
ID_RULE = ("The newest day's ID counts; where IDs of that day differ, it is undecided. "
           "An ID halves over half of its life and is dropped after it.")


def finding(quality: Quality, without: Words, profile: Disclosure) -> Words:
    """Return title, bottom line and decision; ``without`` where there are no scores to tell."""
    support, turnout = (protect_measure(measure, profile).value
                        for measure in score_measures(quality)[:2])
    if told := party_words(quality["names"]):
        return _without_party(told, turnout, without)
    if support is None or turnout is None:
        return without
    if failed := failed_scores(quality):
        return _not_to_plan_on(failed, quality, without)
    return {
        "title": f"{support:.0%} of electors would back us; {turnout:.0%} are expected to vote",
        "bottom_line": f"Every elector has a support and a turnout score. {_errors(quality)}"
                       f"{without['title']}. Nobody has a score of persuadability: only a "
                       "randomised test could give one.",
        "decision": f"Agree the turnout to plan with. {level_words(quality)}",
    }


def _not_to_plan_on(failed: Sequence[str], quality: Quality, without: Words) -> Words:
    """Return the finding where a score was far off on outcomes that it had not seen."""
    scores = f"{' and '.join(failed)} score{'s' if len(failed) > 1 else ''}"
    return {
        "title": f"The {scores} failed their own test: do not plan on them" if len(failed) > 1
        else f"The {scores} failed its own test: do not plan on it",
        "bottom_line": f"{_errors(quality)}That is far more than chance. Scores may still rank "
                       f"people; their level is not to be relied on. {without['title']}.",
        "decision": f"Find out what changed before lists and budgets rest on the {scores}.",
    }


def _without_party(told: str, turnout: float | int | None, without: Words) -> Words:
    """Return the finding where no file names our party: what to set, before any number."""
    known = "" if turnout is None else f"{turnout:.0%} of electors are expected to vote. "
    return {
        "title": "Whose voters these are cannot be told: no file names our party",
        "bottom_line": f"{told} Until it is set, nothing is learned from polls and results. "
                       f"{known}{without['title']}.",
        "decision": "Set scores.our_party_code in params.yaml to your party's code in the files.",
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
    parts.append(TURNOUT_FROM[quality["turnout"]["learned_from"]].format(**quality["turnout"]))
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
    parts += filter(None, (party_words(quality["names"]), election_words(quality["names"])))
    parts.append("Persuadability is empty: no randomised test has been analysed. The model's key "
                 f"is {quality['model_key']}; where it is another one, scores moved with the "
                 "model and not with people alone.")
    return " ".join(parts)


def party_words(names: Quality) -> str:
    """Return the sentence that no file names our party, with those that files name, or nothing."""
    if names["is_party_known"]:
        return ""
    code, parties = names["our_party_code"], names["parties"]
    more = f" and {len(parties) - MOST_NAMED} more" if len(parties) > MOST_NAMED else ""
    listed = f": they name {', '.join(parties[:MOST_NAMED])}{more}" if parties else ""
    told = f"No file names the party {code}" if code else "No party is set as ours"
    return f"{told} (scores.our_party_code in params.yaml){listed}."


def election_words(names: Quality) -> str:
    """Return the sentence that the history lacks an election of params.yaml, or nothing."""
    unknown = names["elections_unknown"]
    if not unknown:
        return ""
    return (f"The history has no election named {' or '.join(unknown)} "
            "(scores.like_election_names in params.yaml), so that name was left out.")


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
    """Return the words of the chart of predicted and seen shares."""
    judged = quality[code]["judged"]
    told = judged["on_what"] if judged else "nothing to judge by"
    n = int(table["n_people"].dropna().astype("int64").sum())
    subtitle = (f"Predicted and seen by tenth of the {code} score, on {told}, {place}, n {n:,}; "
                "lines: 90% interval")
    shown = table.dropna(subset=["predicted_share", "seen_share"])
    if shown.empty:
        return {"title": f"The {code} score could not be judged", "subtitle": subtitle,
                "alt_text": f"A calibration chart of {code} with every point hidden."}
    return {
        "title": f"{code.capitalize()} {_how_far_off(judged)}",
        "subtitle": subtitle,
        "alt_text": "Points of predicted and seen shares: " + ", ".join(
            f"{a:.0%} predicted and {b:.0%} seen" for a, b in
            zip(shown["predicted_share"], shown["seen_share"], strict=True)) + ".",
    }


def _how_far_off(judged: Quality) -> str:
    """Return how far what was seen lies from what was predicted, if further than by chance."""
    error = judged["calibration_error"]
    points = round(100 * error)
    if not points or error <= CHANCE_TIMES * by_chance(judged):
        return "came out as predicted, within chance"
    return f"was {plural(points, 'point')} off what was predicted"


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
    for code in SCORE_NAMES:
        if judged := quality[code]["judged"]:
            told.append(f"{round(100 * judged['calibration_error'])} points for {code} "
                        f"(chance alone gives {round(100 * by_chance(judged))})")
    return f"On outcomes they had not seen they missed by {' and '.join(told)}. " if told else ""
