"""Universes, their places, channels, contacts and segments as tables that may be shown."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from workbench.disclosure import Shape, exempt, protect
from workbench.exhibits import Words
from workbench.settings import Disclosure
from workbench.tables.codes import CHANNELS, UNIVERSE_NAMES, UNIVERSES, codes_that
from workbench.voters import contacts
from workbench.voters.contacts import CONVERSATIONS, MESSAGES
from workbench.voters.universes.budget import is_open_to
from workbench.voters.universes.find import Universes
from workbench.voters.universes.segments import SEGMENTS

POPULATION = "people by universe"  # every elector, and those to register, in one universe each
FROM_TESTS = codes_that(UNIVERSES, "is_of_tests")
TO_REMIND, ELECTORS, TO_CONTACT = "To remind", "Electors", "All but those to leave alone"
REMINDED = codes_that(UNIVERSES, "is_reminded")
# Groups of several universes, as sums of them.
GROUPS: Mapping[str, tuple[str, ...]] = {
    TO_REMIND: REMINDED,
    ELECTORS: tuple(code for code in UNIVERSE_NAMES if code != "register"),
    TO_CONTACT: tuple(code for code in UNIVERSE_NAMES if code != "leave_alone"),
}
NO_PLACE, ELSEWHERE = "not known", "Elsewhere"
SCREENS = codes_that(CHANNELS, "is_screen")
CHANNEL_NAMES = {code: CHANNELS[code].name for code in codes_that(CHANNELS, "opens")}

_PLACE_LABELS = {
    "place": "Place", "n_people": "People",
    "n_get_out_the_vote": "Remind", "n_vote_early": "Postal", "n_persuade": "Persuade",
    "n_both": "Both", "n_unknown": "Ask", "n_register": "Register", "n_leave_alone": "Leave",
    "n_none": "Not talked to",
}
CHANNEL_LABELS = {"universe_name": "Universe", "n_people": "People",
                  **{f"{code}_share": name for code, name in CHANNEL_NAMES.items()},
                  "no_screen_share": "No screen"}
_CONTACT_LABELS = {"universe_name": "Universe", "n_people": "People", "none_share": "No talk",
                  "one_share": "One", "two_or_more_share": "Two or more",
                  "by_door_share": "Door", "by_phone_share": "Phone",
                  "by_text_share": "Text", "by_email_share": "E-mail",
                  "by_post_share": "Letter"}
SEGMENT_LABELS = {"segment_name": "Segment", "rule_name": "Rule", "n_people": "People",
                  "support_share": "Support", "turnout_share": "Turnout",
                  "says_name": "What to say"}
Unions = dict[tuple[str, ...], tuple[Mapping[str, str], ...]]


def universe_codes(found: Universes) -> list[str]:
    """Return the universes that can hold anybody: without tests nobody is to be persuaded."""
    is_tested = found.electors["persuasion_score"].notna().any()
    return [code for code in UNIVERSE_NAMES if is_tested or code not in FROM_TESTS]


def sizes_of(
    codes: pd.Series, names: Mapping[str, str], dimension: str, profile: Disclosure, **of: Any
) -> pd.DataFrame:
    """Return one row a code of ``names``, by its name: ``n_people`` who have it.

    ``of`` says what else their Shape is to know.
    """
    counts = codes.value_counts().reindex(list(names), fill_value=0)
    rows = pd.DataFrame({dimension: list(names.values()), "n_people": counts.to_numpy("int64")})
    shape = Shape("n_people", ("n_people",), population=POPULATION, dimensions=(dimension,), **of)
    return protect(rows, profile, shape=shape)


def size_table(found: Universes, profile: Disclosure) -> pd.DataFrame:
    """Return one row a universe: ``universe_name`` and ``n_people``."""
    codes = universe_codes(found)
    return sizes_of(found.people["universe_code"], {code: UNIVERSE_NAMES[code] for code in codes},
                    "universe_name", profile, unions=_unions(codes))


def size_words(sizes: pd.DataFrame, *, place: str) -> Words:
    """Return title, subtitle and alternative text of the chart of universe sizes."""
    known = sizes.dropna(subset=["n_people"])
    subtitle = f"People by what the campaign does about them, {place}"
    if known.empty:
        return {"title": "Universes are too small to show", "subtitle": subtitle,
                "alt_text": "Bars of people by universe with every bar hidden."}
    largest = known["universe_name"].iloc[int(known["n_people"].astype("int64").argmax())]
    listed = ", ".join(f"{row.universe_name} {row.n_people:,}" for row in known.itertuples())
    return {"title": f"The largest group: {largest.lower()}", "subtitle": subtitle,
            "alt_text": f"Bars of people by universe: {listed}."}


def place_table(
    found: Universes, profile: Disclosure, *, place_column: str, n_places: int
) -> pd.DataFrame:
    """Return one row a place, those with most people to remind first: people by universe.

    ``n_none``: those of all universes but the one to leave alone with whom nobody has talked
    yet; left out where the canvass on file ended before the period. Places beyond the first
    ``n_places`` are one row, the last.
    """
    people = found.counted(found.people)
    place = people[place_column].fillna(NO_PLACE)
    n_reminded = (people["universe_code"] == "get_out_the_vote").groupby(place).sum()
    order = n_reminded.sort_index().sort_values(ascending=False, kind="stable").index.tolist()
    people["place"] = place.where(place.isin(order[:n_places]), ELSEWHERE)
    places = [*order[:n_places], *([ELSEWHERE] if len(order) > n_places else [])]
    by_universe = _by_place_and_universe(people, places, universe_codes(found), profile)
    talks = _talks_by_place(people, places, universe_codes(found), profile)
    rows = talks.join(by_universe)
    last = [] if found.talks_end else ["n_none"]
    return rows[["n_people", *by_universe.columns, *last]].rename_axis("place").reset_index()


def labels_of(table: pd.DataFrame) -> dict[str, str]:
    """Return the headings of the columns that a table of places or of talks has."""
    known = _PLACE_LABELS if "place" in table.columns else _CONTACT_LABELS
    return {name: known[name] for name in table.columns}


def channel_table(found: Universes, profile: Disclosure) -> pd.DataFrame:
    """Return one row a universe: the share that each channel reaches, and that no screen does."""
    people = found.people
    flags = pd.DataFrame({f"n_{channel}": is_open_to(people, found.open_channels, channel)
                          for channel in CHANNEL_NAMES})
    flags["n_no_screen"] = ~flags[[f"n_{channel}" for channel in SCREENS]].any(axis=1)
    rows = _counted(flags, people["universe_code"], universe_codes(found))
    # Whom a text reaches is not among those whom no screen does; so for each kind of screen.
    shapes = [replace(_share_shape(flags, universe_codes(found)),
                      parts={"n_people": ("n_no_screen", f"n_{screen}")}) for screen in SCREENS]
    shown = [protect(rows, profile, shape=shape) for shape in shapes]
    return shown[0][["universe_name", "n_people", *shapes[0].shares]]


def penetration_table(found: Universes, profile: Disclosure) -> pd.DataFrame:
    """Return one row a universe: shares talked with not at all, once, more often; by channel.

    Channels that have reached nobody have no column, and talks none where the canvass on file
    ended before the period.
    """
    counted = found.counted(found.people)
    used = [channel for channel in (*CONVERSATIONS, *MESSAGES) if counted[f"n_{channel}"].any()]
    n = counted["n_contacts"]
    talks = {} if found.talks_end else {"n_none": n == 0, "n_one": n == 1, "n_two_or_more": n > 1}
    flags = pd.DataFrame({**talks, **{f"n_by_{channel}": counted[f"n_{channel}"] > 0
                                      for channel in used}}, index=counted.index)
    rows = _counted(flags, counted["universe_code"], universe_codes(found))
    shape = replace(_share_shape(flags, universe_codes(found)),
                    splits={"n_people": tuple(talks)} if talks else {})
    shown = protect(rows, profile, shape=shape)
    return shown[["universe_name", "n_people", *shape.shares]]


def talks_words(found: Universes, *, place: str) -> str:
    """Return the subtitle of the table of talks; where the canvass on file ended, when it did."""
    ended = contacts.talks_words(found.contacts, as_of=found.as_of,
                                 since_days=found.choices.contact_days)
    return f"{place}. {ended}".strip(". ")


def segment_table(found: Universes, profile: Disclosure) -> pd.DataFrame:
    """Return one row a segment: rule, people, mean support and turnout, what to say.

    The means are hidden where the number of people is, or is under the base of a percentage.
    """
    rows = found.segments[["segment_id", "person_id"]].merge(
        found.electors[["person_id", "support_score", "turnout_score"]], on="person_id",
        validate="many_to_one")
    names = {segment_id: segment.name for segment_id, segment in SEGMENTS.items()}
    shown = sizes_of(rows["segment_id"], names, "segment_name", profile, is_disjoint=False,
                     where={"universe_name": ELECTORS})
    shown.insert(1, "rule_name", [segment.rule_name for segment in SEGMENTS.values()])
    is_large = (shown["n_people"] >= profile.percentage_base_min).fillna(False).to_numpy(bool)
    means = rows.groupby("segment_id")[["support_score", "turnout_score"]].mean().round(2)
    means = means.reindex(list(SEGMENTS)).reset_index(drop=True)
    for name in ("support", "turnout"):
        shown[f"{name}_share"] = means[f"{name}_score"].where(is_large).astype("Float64")
    shown["says_name"] = [segment.says_name for segment in SEGMENTS.values()]
    return exempt(shown, "mean scores of a model over a segment that may be counted",
                  "support_share", "turnout_share")


def _by_place_and_universe(
    people: pd.DataFrame, places: list[str], codes: list[str], profile: Disclosure
) -> pd.DataFrame:
    """One row a place, a column a universe; every cell is one of place and universe."""
    counts = people.groupby(["place", "universe_code"]).size()
    every = pd.MultiIndex.from_product([places, codes], names=["place", "universe_code"])
    rows = counts.reindex(every, fill_value=0).rename("n_people").reset_index()
    rows.insert(1, "universe_name", rows["universe_code"].map(UNIVERSE_NAMES))
    shape = Shape("n_people", ("n_people",), population=POPULATION,
                  dimensions=("place", "universe_name"))
    shown = protect(rows, profile, shape=shape)
    by_code = {f"n_{code}": shown.loc[shown["universe_code"] == code, "n_people"].array
               for code in codes}
    return pd.DataFrame(by_code, index=pd.Index(places, name="place"))


def _talks_by_place(
    people: pd.DataFrame, places: list[str], codes: list[str], profile: Disclosure
) -> pd.DataFrame:
    """One row a place: ``n_people`` of all universes, and ``n_none`` of those to contact."""
    by_place = people.groupby("place").size().reindex(places, fill_value=0)
    everybody = by_place.rename_axis("place").reset_index(name="n_people")
    shape = Shape("n_people", ("n_people",), population=POPULATION, dimensions=("place",))
    shown = protect(everybody, profile, shape=shape).set_index("place")
    there = people[people["universe_code"] != "leave_alone"]
    counts = pd.DataFrame({"n_people": there.groupby("place").size(),
                           "n_none": (there["n_contacts"] == 0).groupby(there["place"]).sum()})
    counts = counts.reindex(places, fill_value=0).rename_axis("place").reset_index()
    parts = _made_of(TO_CONTACT, codes)
    made_of: Unions = {(place,): tuple({"place": place, **one} for one in parts)
                       for place in places}
    shape = replace(shape, counts=("n_people", "n_none"), where={"universe_name": TO_CONTACT},
                    parts={"n_people": ("n_none",)}, unions=made_of)
    talks = protect(counts, profile, shape=shape).set_index("place")
    return shown.assign(n_none=talks["n_none"])


def _counted(
    flags: pd.DataFrame, universe_code: pd.Series, codes: list[str]
) -> pd.DataFrame:
    """One row a universe: how many are in it, and for how many each flag is set."""
    counts = flags.astype("int64").groupby(universe_code).sum()
    counts.insert(0, "n_people", universe_code.value_counts())
    counts = counts.reindex(codes, fill_value=0).astype("int64")
    counts.insert(0, "universe_name", [UNIVERSE_NAMES[code] for code in codes])
    return counts.reset_index(drop=True)


def _share_shape(flags: pd.DataFrame, codes: list[str]) -> Shape:
    """Each flag as its share of the people of a universe; who has two flags counts in both."""
    names = [str(name) for name in flags.columns]
    shares = {f"{name.removeprefix('n_')}_share": (name, "n_people") for name in names}
    return Shape("n_people", ("n_people", *names), shares=shares, population=POPULATION,
                 dimensions=("universe_name",), unions=_unions(codes))


def _unions(codes: Collection[str]) -> Unions:
    return {(group,): _made_of(group, codes) for group in GROUPS}


def _made_of(group: str, codes: Collection[str]) -> tuple[Mapping[str, str], ...]:
    return tuple({"universe_name": UNIVERSE_NAMES[code]} for code in GROUPS[group]
                 if code in codes)
