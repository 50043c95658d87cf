"""What the gate would hold back of the drafts, as a brief may show it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from workbench.disclosure import MadeOf, Shape, protect
from workbench.errors import ListRefused
from workbench.lists.drafts import leaving, purpose_of
from workbench.lists.evidence import read_evidence
from workbench.lists.gate import hold_back
from workbench.lists.model import REASONS, Held, Tally
from workbench.lists.release import REASON_WORDS
from workbench.people.entries import ENTRIES, in_words
from workbench.settings import Disclosure, Settings
from workbench.tables import is_among

GATE_LABELS = {"n_people": "On the draft", "n_kept": "Would leave", "n_held_back": "Held back"}


@dataclass(frozen=True)
class Preview:
    """What the gate would say of each list on the campaign's day, or why it refuses them all."""

    tallies: Mapping[str, Tally]
    refusal: str = ""


def preview_gate(
    settings: Settings, drafts: pd.DataFrame, list_names: Sequence[str], *,
    forbidden_uses: Mapping[str, tuple[str, ...]],
) -> Preview:
    """Apply the gate to drafts without letting anything leave.

    Where the gate cannot decide, nothing would leave: the brief says so and is still made.
    """
    by_list = {name: drafts[drafts["list_name"] == name] for name in list_names}
    held, refusal = _judged(settings, by_list, forbidden_uses)
    return Preview({name: one.tally for name, one in held.items()}, refusal)


def pass_gate(
    settings: Settings, draft: pd.DataFrame, list_name: str, *,
    forbidden_uses: Mapping[str, tuple[str, ...]],
) -> tuple[pd.DataFrame, Preview]:
    """Return the rows of a draft whom the gate would let leave today, in order, and its tally.

    For a list whose length is yet to be chosen: nobody is counted on who may not be asked.
    The gate is applied again at release. Where it cannot decide, no row passes.
    """
    if draft.empty:
        return draft, Preview({})
    held, refusal = _judged(settings, {list_name: draft}, forbidden_uses)
    if refusal:
        return draft.head(0), Preview({}, refusal)
    is_kept = is_among(draft["person_id"], held[list_name].rows["person_id"])
    return draft[is_kept].reset_index(drop=True), Preview({list_name: held[list_name].tally})


def _judged(
    settings: Settings, drafts: Mapping[str, pd.DataFrame],
    forbidden_uses: Mapping[str, tuple[str, ...]],
) -> tuple[dict[str, Held], str]:
    """Return what the gate says of each draft with anybody on it, or why it refuses them all."""
    try:
        evidence = read_evidence(settings, forbidden_uses=forbidden_uses)
        return {name: hold_back(leaving(draft), purpose_of(draft, name, settings.campaign),
                                evidence) for name, draft in drafts.items() if len(draft)}, ""
    except ListRefused as error:
        return {}, str(error).replace(f"{settings.root}/", "")


def gate_table(preview: Preview, profile: Disclosure) -> pd.DataFrame:
    """Return one row a list: people on the draft, those who would leave, those held back.

    Where no draft has anybody on it, one row that says so.
    """
    rows = [{"list_name": name, "n_people": tally.n_people_in, "n_kept": tally.n_kept,
             "n_held_back": tally.n_people_in - tally.n_kept}
            for name, tally in preview.tallies.items()]
    if not any(row["n_people"] for row in rows):
        return pd.DataFrame({"list_name": ["Nobody is on a draft"]})
    shape = Shape("n_people", ("n_people", "n_kept", "n_held_back"),
                  population="entries at the gate", dimensions=("list_name",),
                  splits={"n_people": ("n_kept", "n_held_back")},
                  made_of=(MadeOf(
                      "n_people", ((ENTRIES, "n_kept", {"list_name": "list_name"}),)),))
    shown = protect(pd.DataFrame(rows), profile, shape=shape)
    return shown.assign(list_name=in_words(shown["list_name"]))


def gate_labels(columns: Iterable[str]) -> dict[str, str]:
    """Return the headings of those columns of a gate_table that have one."""
    return {name: GATE_LABELS[name] for name in columns if name in GATE_LABELS}


def reason_table(preview: Preview, profile: Disclosure) -> pd.DataFrame:
    """Return one row a reason: how many entries of all lists the gate would hold back for it.

    A person on two lists counts on each. Reasons are personal, so small numbers are hidden,
    and a reason under which nobody is held looks like one of a few.
    """
    tallies = preview.tallies.values()
    held = {f"{REASON_WORDS[reason][0].upper()}{REASON_WORDS[reason][1:]}":
            sum(tally.held_back[reason] for tally in tallies) for reason in REASONS}
    held = held if tallies else {"Nothing could be judged": 0}
    counts = pd.DataFrame({"reason_name": list(held), "n_held_back": list(held.values())})
    shape = Shape("n_held_back", ("n_held_back",), population="entries at the gate",
                  dimensions=("reason_name",))
    shown = protect(counts, profile, shape=shape)
    return shown.sort_values("n_held_back", ascending=False, kind="stable", ignore_index=True)


def gate_words(preview: Preview) -> str:
    """Return the sentence under the table: whether anything could leave."""
    if preview.refusal:
        return f"As things stand the gate would let no list leave. {preview.refusal}"
    return ("The gate is applied again, on the day itself, when a list is released. Where a "
            "person is held back for several reasons, the first that applies is counted.")
