"""Links by source, rows a person, and who is known by age and by place, with their words."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pandas as pd

from workbench.disclosure import Shape, protect
from workbench.pages.link.inputs import Linking
from workbench.settings import Disclosure

SIZES = {"1": 1, "2": 2, "3": 3, "4": 4, "5 to 9": 5, "10 to 19": 10, "20 or more": 20}
AGE_EDGES_YEARS = (0, 25, 35, 45, 55, 65, 75, 150)
AGE_BANDS = ("under 25", "25-34", "35-44", "45-54", "55-64", "65-74", "75+")
NOT_KNOWN = "not known"
_KNOWN = Shape("n_electors", ("n_electors", "n_known"),
               shares={"known_share": ("n_known", "n_electors")}, population="linked electors")


def source_table(linking: Linking, profile: Disclosure) -> pd.DataFrame:
    """Return one row a source, the best linked first, as it may be shown.

    Columns: ``source_name``, ``n_people``, ``n_rows``, ``linked_share`` of its rows that
    belong to an elector, ``link_probability`` the mean of the rows that the model linked.
    """
    rows = linking.crosswalk
    is_linked = rows["person_id"].isin(linking.electors["person_id"])
    found = rows.assign(is_linked=is_linked).groupby("source_name").agg(
        n_people=("person_id", "nunique"), n_rows=("person_id", "size"),
        n_linked=("is_linked", "sum"))
    found = found.astype("int64").reset_index()
    found["order"] = -found["n_linked"] / found["n_rows"]
    found = found.sort_values(["order", "source_name"]).drop(columns="order")
    shape = Shape("n_people", ("n_people", "n_rows", "n_linked"),
                  shares={"linked_share": ("n_linked", "n_rows")},
                  population="people", dimensions=("source_name",), is_disjoint=False)
    shown = protect(found, profile, shape=shape).drop(columns="n_linked")
    shown["source_name"] = shown["source_name"].str.replace("_", " ")
    return shown.reset_index(drop=True)


def size_table(linking: Linking, profile: Disclosure) -> pd.DataFrame:
    """Return one row a class of ``rows_name``, rows a person has: ``n_people`` in it."""
    edges = [*SIZES.values(), 10**9]
    names = pd.cut(linking.people["n_rows"].astype("int64"), edges, right=False,
                   labels=list(SIZES))
    counts = names.value_counts().reindex(list(SIZES), fill_value=0)
    rows = pd.DataFrame({"rows_name": list(SIZES), "n_people": counts.to_numpy("int64")})
    shape = Shape("n_people", ("n_people",), population="people", dimensions=("rows_name",))
    return protect(rows, profile, shape=shape)


def age_table(linking: Linking, profile: Disclosure, *, as_of: dt.date) -> pd.DataFrame:
    """Return one row an age band of electors: how many another source knows as well.

    Columns: ``age_band``, ``n_electors``, ``n_known``, ``known_share``. Ages are those turned
    in the year of ``as_of``.
    """
    people = linking.people
    born = people["birth_date"].dt.year.astype("Int64").fillna(people["birth_year"])
    age = (as_of.year - born).astype("Float64").astype("float64")
    band = pd.cut(age, AGE_EDGES_YEARS, right=False, labels=list(AGE_BANDS))
    names = band.astype("str").where(band.notna(), NOT_KNOWN)
    found = _known_by(linking, names.rename("age_band"))
    found = found.set_index("age_band").reindex([*AGE_BANDS, NOT_KNOWN], fill_value=0)
    return protect(found.reset_index(), profile, shape=replace(_KNOWN, dimensions=("age_band",)))


def place_table(
    linking: Linking, profile: Disclosure, *, place_column: str, n_places: int
) -> pd.DataFrame:
    """Return the ``n_places`` places with most electors: how many another source knows.

    Columns: ``place``, ``n_electors``, ``n_known``, ``known_share``.
    """
    names = linking.people[place_column].fillna(NOT_KNOWN).rename("place")
    found = _known_by(linking, names)
    found = found.sort_values(["n_electors", "place"], ascending=[False, True])
    shape = replace(_KNOWN, dimensions=("place",), is_partition=len(found) <= n_places)
    return protect(found.head(n_places), profile, shape=shape).reset_index(drop=True)


def _known_by(linking: Linking, names: pd.Series) -> pd.DataFrame:
    """One row a name: electors, and those of them that two sources or more know."""
    is_known = linking.electors["source_names"].str.contains(";", regex=False)
    found = is_known.groupby(names).agg(n_electors="size", n_known="sum")
    return found.astype("int64").reset_index()


def source_words(sources: pd.DataFrame, *, place: str) -> dict[str, str]:
    """Return title, subtitle and alternative text of the chart of links by source."""
    shown = sources.dropna(subset=["linked_share"])
    title = ("Links cannot be shown by source" if shown.empty else
             f"Rows of {shown['source_name'].iloc[-1]} find an elector least often")
    return {"title": title,
            "subtitle": f"Share of each source's rows that belong to an elector, {place}",
            "alt_text": "Bars of linked rows by source: "
                        f"{listed(shown['source_name'], shown['linked_share'])}."}


def size_words(sizes: pd.DataFrame, *, place: str) -> dict[str, str]:
    """Return the words of the chart of how many rows a person has."""
    shown = sizes.dropna(subset=["n_people"])
    names, counts = shown["rows_name"], shown["n_people"].astype("int64")
    mode = "" if shown.empty else names.iloc[counts.argmax()]
    title = f"Most often a person has {mode} {'row' if mode == '1' else 'rows'}"
    return {"title": title if mode else "Rows a person cannot be shown",
            "subtitle": f"People by the number of rows that are about them, {place}",
            "alt_text": "Bars of people by their number of rows: "
                        f"{listed(names + ' rows', counts, ',')}."}


def age_words(ages: pd.DataFrame, *, place: str) -> dict[str, str]:
    """Return the words of the chart of electors whom other sources know, by age."""
    shown = ages.dropna(subset=["known_share"])
    shares = shown["known_share"].astype(float)
    low = "" if shown.empty else shown["age_band"].iloc[shares.argmin()]
    whose = ("aged " if low[:1].isdigit() else "whose age is " if low.startswith("not") else "")
    return {"title": f"We know least of electors {whose}{low}" if low
            else "Links cannot be shown by age",
            "subtitle": f"Share of electors whom a source besides the register knows, {place}",
            "alt_text": f"Bars of known electors by age: {listed(shown['age_band'], shares)}."}


def listed(names: pd.Series, values: pd.Series, form: str = ".0%") -> str:
    """Return each name with its number, for who cannot see the chart."""
    return ", ".join(f"{name} {value:{form}}" for name, value in
                     zip(names, values, strict=True)) or "every one is hidden"
