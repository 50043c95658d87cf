"""The finding and the headline numbers, how good linking is, and what is still to do."""

from __future__ import annotations

import pandas as pd

from workbench.disclosure import Shape, exempt, protect, protect_measure
from workbench.measures import Measure
from workbench.pages.link.inputs import Linking
from workbench.people.quality import Quality, estimate_quality, model_quality, recalibrate
from workbench.settings import Disclosure

BY_MODEL, BY_PEOPLE = "the model's own estimate", "from pairs that people judged"
CHANGE_WORDS = {"new": "are new", "gone": "are gone", "merged": "were merged into others",
                "split": "were split"}


def best_quality(linking: Linking) -> tuple[Quality, str]:
    """Return precision and recall, and who says so: people where they judged any pair."""
    quality = estimate_quality(linking.review_pairs, linking.answers)
    return quality, BY_PEOPLE if quality.n_labelled else BY_MODEL


def estimates(linking: Linking) -> pd.DataFrame:
    """Return precision and recall by who says so: ``estimate_name`` and ``estimated_share``.

    With the ends ``estimated_share_low`` and ``estimated_share_high``, in whole percent.
    """
    told = [("by the model", model_quality(linking.review_pairs))]
    judged, source = best_quality(linking)
    if source == BY_PEOPLE:
        told.append(("by reviewers", judged))
    rows = [(f"{name}, {by}", value, low, high) for by, q in told for name, value, low, high in (
        ("Precision", q.precision, q.precision_low, q.precision_high),
        ("Recall", q.recall, q.recall_low, q.recall_high))]
    frame = pd.DataFrame(rows, columns=["estimate_name", "estimated_share",
                                        "estimated_share_low", "estimated_share_high"])
    frame = frame.round(2).astype(dict.fromkeys(frame.columns[1:], "Float64"))
    return exempt(frame, "estimates of how good linking is, of nobody in particular")


def link_measures(linking: Linking) -> list[Measure]:
    """Return the headline numbers of the link brief, before they are protected."""
    quality, source = best_quality(linking)
    n_people, rows, electors = len(linking.people), linking.crosswalk, linking.electors
    is_linked = rows["person_id"].isin(electors["person_id"])
    is_known = electors["source_names"].str.contains(";", regex=False)
    n_links = int(linking.review_pairs.drop_duplicates("stratum")["n_in_stratum"].sum())
    return [
        Measure("n_people", "People", n_people, "count", "people",
                "People that all rows of all sources are about.", n=n_people,
                population="people"),
        Measure("linked_row_share", "Rows of electors", float(is_linked.mean()), "share",
                "share of rows", "Rows that belong to somebody on a register.", n=len(rows)),
        Measure("known_elector_share", "Electors we know more of", float(is_known.mean()),
                "share", "share of electors",
                "Electors whom a source besides the register knows.", n=len(electors),
                population="linked electors", column="n_electors", part="n_known"),
        Measure("link_precision", "Links that are right", quality.precision, "share",
                f"share of links made, {source}",
                "Of the links that were made, those that join one person.", n=n_links,
                low=quality.precision_low, high=quality.precision_high),
        Measure("link_recall", "Right links made", quality.recall, "share",
                f"share of right links offered, {source}",
                "Of the right links that were offered, those that were made.", n=n_links,
                low=quality.recall_low, high=quality.recall_high),
    ]


def finding(linking: Linking, profile: Disclosure) -> dict[str, str]:
    """Return title, bottom line and decision of the link brief, in words with shown numbers."""
    quality, source = best_quality(linking)
    measures = {one.name: protect_measure(one, profile) for one in link_measures(linking)}
    n_people, share = (measures[name].value for name in ("n_people", "linked_row_share"))
    n_rows, n_sources = len(linking.crosswalk), linking.crosswalk["source_name"].nunique()
    if linking.electors.empty:
        return {"title": "No register is on file that rows could belong to",
                "bottom_line": f"{n_rows:,} rows of {n_sources} sources were linked with one "
                "another, and with no elector.",
                "decision": "Ask for the register of the seats that you fight."}
    if n_people is None or share is None:
        return {"title": "There are too few people to tell how well lists join",
                "bottom_line": "The sources hold too few rows for any share to be shown.",
                "decision": "Add the sources that the campaign has, and link again."}
    told = "" if measures["link_precision"].value is None else (
        f" Of the links made about {quality.precision:.0%} are right "
        f"({quality.precision_low:.0%} to {quality.precision_high:.0%}), and of the right ones "
        f"that were offered about {quality.recall:.0%} were made: {source}.")
    return {
        "title": f"{share:.0%} of the rows of our lists belong to an elector whom we know",
        "bottom_line": f"{n_rows:,} rows of {n_sources} sources are about {n_people:,} people."
        f"{told}",
        "decision": "Accept these ids for lists and analyses, or have more pairs judged first."
        if quality.n_labelled else
        "Have somebody judge the pairs that were drawn: until then nothing but the model itself "
        "says how good it is.",
    }


def changes_told(linking: Linking, profile: Disclosure) -> str:
    """Return a sentence on what changed in people's ids since they were last accepted."""
    counts = linking.person_changes.groupby("change_code")["person_id"].nunique()
    changed = pd.DataFrame({"change_code": [c for c in CHANGE_WORDS if counts.get(c, 0)]})
    changed["n_people"] = changed["change_code"].map(counts).astype("int64")
    shape = Shape("n_people", ("n_people",), population="people whose id changed",
                  dimensions=("change_code",))
    shown = protect(changed, profile, shape=shape)
    numbers = ["a hidden number" if pd.isna(n) else f"{n:,}" for n in shown["n_people"]]
    parts = [f"{number} {CHANGE_WORDS[code]}" for number, code in
             zip(numbers, shown["change_code"], strict=True)]
    if not parts:
        return "No id has changed since ids were last accepted."
    return f"Of the ids of people, {', '.join(parts)}, compared with those accepted last."


def review_told(linking: Linking) -> str:
    """Return sentences on which pairs are judged, and how to judge the others."""
    quality = estimate_quality(linking.review_pairs, linking.answers)
    n_done = quality.n_labelled + quality.n_unsure
    told = (f"{n_done:,} of the {len(linking.review_pairs):,} pairs drawn are judged"
            f"{f', {quality.n_unsure:,} of them unsure' if quality.n_unsure else ''}. Run "
            "'workbench review' to judge the next ones; it may be left and taken up again.")
    found = recalibrate(linking.review_pairs, linking.answers)
    if found is None:
        return told
    cut = linking.quality.get("cut")
    used = f"; the one used is {cut:.2f}" if isinstance(cut, float) else ""
    return f"{told} By the answers so far, the best cut is a probability of {found.cut:.2f}{used}."


def estimate_words(estimates: pd.DataFrame, *, place: str, review: str) -> dict[str, str]:
    """Return the words of the chart of precision and recall; ``review``: what is judged."""
    by_people = estimates[estimates["estimate_name"].str.endswith("reviewers")]
    title = ("People's judgement bounds how often we err" if len(by_people)
             else "So far only the model vouches for itself")
    known = estimates.dropna()
    listed = ", ".join(
        f"{name} {share:.0%} ({low:.0%} to {high:.0%})" for name, share, low, high in
        known.itertuples(index=False)) or "every one is hidden"
    return {"title": title,
            "subtitle": f"Precision of links made, recall of right links offered, {place}. "
                        f"{review}",
            "alt_text": f"Points with ranges: {listed}."}
