"""The cells that a new notebook begins with: a brief on the register that builds as it stands."""

from __future__ import annotations

from typing import Any

QUESTION = """\
# Where do the electors live?

The electoral register as it was accepted, one row an elector. For the field director, who plans \
where to work. Write your own question in the first line; below it the data, the period, and who \
decides what by the answer."""
PARAMETERS = """\
n_places = 12  # places, 1 to 200; so many are listed, the largest first
place_column = "town_name"  # town_name, area_id or seat_id; the kind of place"""
SETUP = """\
from workbench.disclosure import Shape, protect
from workbench.exhibits import open_brief, show
from workbench.measures import Measure
from workbench.settings import load_settings
from workbench.tables import store
settings = load_settings()
brief = open_brief(settings, reads=["voters"])
voters = store.read(settings.root, "voters")"""
COUNT = """\
voters[place_column] = voters[place_column].fillna("not known")
places = voters.groupby(place_column, as_index=False).agg(
    n_electors=("voter_id", "count"), n_postal=("is_postal_voter", "sum"))
places = places.sort_values(["n_electors", place_column], ascending=[False, True])
shape = Shape(
    "n_electors", ("n_electors", "n_postal"), {"postal_share": ("n_postal", "n_electors")},
    population="electors on the register", dimensions=(place_column,),
    is_partition=len(places) <= n_places,
)
table = protect(places.head(n_places), settings.disclosure, shape=shape)"""
FINDING = """\
n_largest = show(table["n_electors"].max(), "count", brief.house)
brief.finding(
    title="Where most of the electors live",
    bottom_line=f"Places on the register: {len(places):,}. Electors in the largest: {n_largest}.",
    decision="None yet. Write here what is to be decided, and by whom.",
)"""
HEADLINES = """\
n, whole = len(voters), {"population": shape.population, "column": "n_electors"}
brief.headlines([
    Measure("electors", "Electors", n, "count", "electors", "Entries of the register.", n=n,
            **whole),
    Measure("postal_share", "Vote by post", places["n_postal"].sum() / max(n, 1), "share",
            "share of electors", "Electors who asked to vote by post.", n=n, part="n_postal",
            **whole),
    Measure("places", "Places", len(places), "count", "places", "Places where electors live.",
            is_about_people=False),
])"""
SECTION = """\
## Which places have the most electors?

Every elector is counted once, at the place that the register names. Look for electors who \
have no place."""
SHOW = """\
brief.table(
    table, title="Electors by place",
    subtitle=f"Electoral register, {settings.campaign.name}, the largest places first",
    labels={place_column: "Place", "n_postal": "Vote by post", "postal_share": "Share by post"},
)"""
CANNOT = """\
## What this cannot tell you

- Who has moved since the register was made.
- Whether anybody will vote, and for whom.
- Write here what a reader might conclude from the page and should not."""
CELLS = (
    ("markdown", QUESTION), ("parameters", PARAMETERS), ("setup", SETUP), ("code", COUNT),
    ("code", FINDING), ("code", HEADLINES), ("markdown", SECTION), ("code", SHOW),
    ("markdown", CANNOT), ("provenance", "brief.provenance()"),
)


def cells_of(name: str) -> dict[str, Any]:
    """Return a new notebook as Jupyter has it: never run, its cells numbered by its name."""
    cells = [_cell(f"{name}-{number:02d}", kind, text)
             for number, (kind, text) in enumerate(CELLS, start=1)]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def _cell(cell_id: str, kind: str, text: str) -> dict[str, Any]:
    """Return a cell; a kind that is no kind of Jupyter's is the tag of a cell of code."""
    cell = {"id": cell_id, "metadata": {}, "source": text.splitlines(keepends=True)}
    if kind == "markdown":
        return {**cell, "cell_type": "markdown"}
    tags = {} if kind == "code" else {"tags": [kind]}
    return {**cell, "cell_type": "code", "metadata": tags, "execution_count": None, "outputs": []}
