"""What the universes brief leads with: its headline numbers and its finding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from workbench.disclosure import protect_measure
from workbench.exhibits import Words
from workbench.measures import Measure
from workbench.pages.universes.people import (
    ELECTORS,
    POPULATION,
    REMINDED,
    SCREENS,
    TO_REMIND,
    sizes_of,
)
from workbench.pages.universes.votes import CONTACTED
from workbench.settings import Disclosure
from workbench.tables import is_among, store
from workbench.tables.codes import UNIVERSE_NAMES
from workbench.voters.scores.quality import failed_scores, read_quality
from workbench.voters.universes.electors import AREA, EVERYBODY, NONE, OWN
from workbench.voters.universes.find import TABLES, Universes, with_upper_case
from workbench.voters.universes.ranges import ALL

POINT = 0.01
FEW_VOTES = 10  # under it to a tenth
RANGE_WORDS = ("The range holds nine in ten of what the effect of a talk, the share of knocks and "
               "calls that lead to one, what homes pass on and the curve may be. It leaves out "
               "that scores may be off.")
BASIS_NAMES = {OWN: "Scores of their own", AREA: "Last result of their area",
               EVERYBODY: "Mean of all scores", NONE: "No score at all"}


def read_inputs(root: Path) -> tuple[dict[str, pd.DataFrame], tuple[str, ...]]:
    """Return the tables of universes, and scores that failed; StorageError for what is absent."""
    return store.read_tables(root, TABLES), failed_scores(read_quality(root))


def universe_measures(
    found: Universes, spent: pd.DataFrame, ranges: pd.DataFrame
) -> list[Measure]:
    """Return the headline numbers of the universes brief, before they are protected.

    ``ranges``: the votes of ``spent``, as of votes_range.
    """
    electors = found.electors
    remind = electors[electors["universe_code"].isin(REMINDED)]
    by_screen = found.open_channels[found.open_channels["channel_code"].isin(SCREENS)]
    total = ranges[ranges["channel_code"] == ALL].to_dict("records")[0]
    whom, alone = {"universe_name": TO_REMIND}, UNIVERSE_NAMES["leave_alone"]
    n_alone = int((electors["universe_code"] == "leave_alone").sum())
    return [
        Measure("n_remind", "To remind", len(remind), "count", "electors",
                "Electors whom a contact is worth: to remind, or to return a postal vote.",
                n=len(electors), population=POPULATION, column="n_people", where=whom),
        Measure("votes_gained", "Votes gained by the budget", float(total["votes_gained"]),
                "number", "expected net votes", "Votes for us less votes against us that the "
                "budget brings. " + RANGE_WORDS,
                n=int(spent["n_people"].sum()), low=float(total["votes_low"]),
                high=float(total["votes_high"]),
                population=CONTACTED, column="n_people"),
        Measure("untouched_share", "Not talked to yet",
                None if found.talks_end else _share(found.counted(remind)["n_contacts"] == 0),
                "share", "share of those to remind", "Nobody has talked with them in the period.",
                n=len(remind), population=POPULATION, column="n_people", part="n_none",
                where=whom),
        Measure("no_screen_share", "No screen reaches",
                _share(~is_among(remind["person_id"], by_screen["person_id"])), "share",
                "share of those to remind", "No consent to texts or e-mails and no connected "
                "account: only door, telephone and post reach them.", n=len(remind),
                population=POPULATION, column="n_people", part="n_no_screen", where=whom),
        Measure("n_leave_alone", "To leave alone", n_alone, "count", "electors",
                "Electors whom a contact gains too little, or loses votes.", n=len(electors),
                population=POPULATION, column="n_people", where={"universe_name": alone}),
    ]


def finding(
    found: Universes, measures: Sequence[Measure], profile: Disclosure, *, refusal: str = "",
    failed: Sequence[str] = (),
) -> Words:
    """Return title, bottom line and decision of the brief, in words with shown numbers.

    ``measures``: as of ``universe_measures``; ``refusal``: why the gate cannot decide;
    ``failed``: scores that failed their own test (read_inputs).
    """
    electors = found.electors
    if refusal:
        return {
            "title": "The gate lets nobody be contacted as things stand",
            "bottom_line": "Who may be contacted cannot be told, so everybody is left alone. "
                           "The reason stands under the channels.",
            "decision": "Fix what stops the gate, then build again.",
        }
    if electors.empty or (electors["basis_code"] == NONE).all():
        return {
            "title": "There are no scores to choose people by",
            "bottom_line": "Neither scores nor results of areas are there, so all that can be "
                           "said of an elector is that we do not know. Nobody is ranked.",
            "decision": "Build the scores, or bring the last results by area, with our party's "
                        "code in them under scores.our_party_code in params.yaml.",
        }
    shown = {one.name: protect_measure(one, profile) for one in measures}
    n_remind = shown["n_remind"].value
    persuasion = ("" if electors["persuasion_score"].notna().any() else
                  " Nobody is put down as persuadable: no randomised test has been analysed.")
    if failed:
        return _on_failed_scores(failed, _votes_told(shown))
    return {
        "title": f"{n_remind:,} electors are worth a reminder" if n_remind
        else "Hardly anybody is worth a reminder",
        "bottom_line": f"The contacts that the budget pays for bring {_votes_told(shown)} if "
                       f"spent where they gain most.{persuasion}",
        "decision": "Agree on the budget of contacts by channel before anything is printed.",
    }


def _on_failed_scores(failed: Sequence[str], votes: str) -> Words:
    """Return the finding where the scores that people were chosen by failed their own test."""
    return {
        "title": f"Do not plan on these universes yet: the {' and '.join(failed)} score failed "
                 "its own test",
        "bottom_line": f"By these scores the contacts of the budget would bring {votes}. The "
                       "voters brief shows how far the scores lay off on outcomes that they had "
                       "not seen.",
        "decision": "Find out what changed before a budget of contacts rests on these scores.",
    }


def basis_words(found: Universes, profile: Disclosure) -> str:
    """Return the sentence that says what the scores of the brief stand on."""
    basis = sizes_of(found.electors["basis_code"], BASIS_NAMES, "basis_name", profile,
                     where={"universe_name": ELECTORS})
    known = basis.dropna(subset=["n_people"])
    parts = [f"{row.n_people:,} by {str(row.basis_name).lower()}" for row in known.itertuples()]
    if not parts:
        return ("Scores are people's own, else the last result of their area, else the mean of "
                "all; how many electors stand on which is hidden.")
    return (f"Electors stand on: {'; '.join(parts)}. A group that is not named is too small to "
            "show or empty.")


def upper_words(found: Universes, profile: Disclosure, added_support: float) -> str:
    """Return the sentence on whom we would persuade if every contact could: a guess."""
    upper = pd.concat([with_upper_case(found, added_support).electors, found.others])
    sizes = sizes_of(upper["universe_code"], UNIVERSE_NAMES, "upper_name", profile)
    n_people = sizes.set_index("upper_name")["n_people"]
    told = ["too few to show" if pd.isna(n) else f"{n:,}" for n in
            (n_people[UNIVERSE_NAMES[code]] for code in ("persuade", "both"))]
    points = f"{100 * added_support:g} point" + ("s" if added_support != POINT else "")
    return (f"If a contact added {points} of support to anybody, "
            f"electors worth persuading would be {told[0]}, and worth persuading and reminding "
            f"{told[1]}. That is a guess, and nothing in this brief rests on it.")


def channel_words(refusal: str, *, place: str) -> str:
    """Return the subtitle of the table of channels; where the gate refuses, what to fix."""
    if refusal:
        return f"The gate cannot tell, so nobody is reached. {refusal}"
    return f"People of each universe whom the gate lets us reach, {place}"


def _votes_told(shown: Mapping[str, Measure]) -> str:
    votes = shown["votes_gained"]
    if votes.value is None:
        return "too few votes to show"
    digits = 0 if votes.value >= FEW_VOTES else 1
    value, low, high = (f"{one:,.{digits}f}" for one in (votes.value, votes.low, votes.high))
    return f"about {value} net votes ({low} to {high}, nine times in ten, if the scores are right)"


def _share(flags: pd.Series) -> float | None:
    return float(flags.mean()) if len(flags) else None
