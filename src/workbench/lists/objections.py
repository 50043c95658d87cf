"""Objections that cannot be read as rows: whom anything in them could mean."""

from __future__ import annotations

import re
import unicodedata

import pandas as pd

from workbench.lists.keys import (
    email_key,
    given_name_key,
    keyed,
    name_key,
    postcode_key,
    voter_key,
)
from workbench.lists.model import Evidence
from workbench.tables import is_among
from workbench.tables.codes import CHANNELS, codes_that
from workbench.tables.objections import SUPPRESSION_REASONS
from workbench.telephone import LAST_DIGITS, phone_digits

NUMBER = re.compile(r"\+?[0-9](?:[ ()./-]{0,3}[0-9]){6,17}")
ADDRESS = re.compile(r"[^@\s,;<>|\"']+@[^@\s,;<>|\"']+")
FIELD = re.compile(r"[,;|\t\"]+")
WORD = re.compile(r"[^\s,;|\"]+")
DAY = re.compile(r"[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{1,4}([T ][0-9:.]+)?|[0-9]{1,2}:[0-9:]+")
LETTERS = re.compile(r"[^\W\d_]{2,}")
NO_NAMES = frozenset({
    *"_".join((*codes_that(CHANNELS, "is_of_lists"), *SUPPRESSION_REASONS)).split("_"),
    "all", "sms", "na", "nan", "none", "null", "unknown", "true", "false", "yes", "no",
})
WORDS_JOINED = 3  # a name of several words is one name: van der Berg
TEXT_COLUMNS = ("phone", "email", "voter_id", "first_name", "last_name", "postcode")


def clues(texts: pd.Series) -> pd.DataFrame:
    """Return one row a thing in a text that could tell whom it means.

    ``text_number`` is the text's label in ``texts``; ``kind`` is number (its last digits),
    email, word (a field, a word, or several in a row, without accents, case and spaces), id
    (the same without leading zeros) or postcode; ``clue`` is what stands there, as a key.
    """
    rows = [(number, kind, clue) for number, text in texts.items()
            for kind, clue in sorted(_clues_of(unicodedata.normalize("NFKC", str(text))))]
    return pd.DataFrame(rows, columns=["text_number", "kind", "clue"])


def names_somebody(texts: pd.Series) -> pd.Series:
    """Return whether a text holds a number, an e-mail address or two words that may be names.

    A text with none of them may still mean somebody whom the campaign knows; see
    ``could_mean``.
    """
    return texts.map(_names_somebody).astype(bool)


def could_mean(rows: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """Return one row a pair of a row (its label, ``row``) and a text that could mean it.

    ``rows`` has some of phone, email, voter_id, first_name, last_name and postcode. A text
    means whoever has a number that ends as one in it does, an address or an elector's number
    that stands in it, or both names; where it holds a postcode of somebody of these names, it
    means those of them who live there or whose postcode is not known.
    """
    parts = [
        _same(rows, "phone", _last_digits, found, "number"),
        _same(rows, "email", email_key, found, "email"),
        _same(rows, "voter_id", voter_key, found, "id"),
        _namesakes(rows, found),
    ]
    pairs = pd.concat(parts, ignore_index=True)
    return pairs.drop_duplicates().sort_values(["row", "text_number"], ignore_index=True)


def is_meant(rows: pd.DataFrame, evidence: Evidence) -> pd.Series:
    """Return whether an objection that could not be read may mean the person of each row.

    By the row's own number, address, elector's number or names, and by anything else that the
    campaign knows of the person.
    """
    meant = is_among(rows["person_id"], pd.Series(list(evidence.meant), dtype="str"))
    if len(evidence.unread):
        pairs = could_mean(rows, clues(evidence.unread["raw_text"]))
        meant |= pd.Series(rows.index.isin(pairs["row"]), index=rows.index)
    return meant


def _last_digits(text: str) -> str:
    digits = phone_digits(text)[-LAST_DIGITS:]
    return digits if len(digits) == LAST_DIGITS else ""


def _names_somebody(text: str) -> bool:
    undated = DAY.sub(" ", text)
    words = {word.casefold() for word in LETTERS.findall(text)} - NO_NAMES
    return bool(ADDRESS.search(text) or NUMBER.search(undated) or len(words) > 1)


def _clues_of(text: str) -> set[tuple[str, str]]:
    found = {("number", re.sub("[^0-9]", "", one)[-LAST_DIGITS:]) for one in NUMBER.findall(text)}
    found |= {("email", email_key(one)) for one in ADDRESS.findall(text)}
    pieces = [piece for field in FIELD.split(text) for piece in _pieces(field)]
    found |= {("word", name_key(piece)) for piece in pieces}
    found |= {("id", voter_key(piece)) for piece in pieces}
    found |= {("postcode", postcode_key(piece)) for piece in pieces}
    return {(kind, clue) for kind, clue in found if clue}


def _pieces(field: str) -> list[str]:
    """Return a field, its words, and each run of a few words."""
    words = WORD.findall(field)
    runs = (words[start : start + size] for size in range(1, WORDS_JOINED + 1)
            for start in range(len(words) - size + 1))
    return [field.strip(), *(" ".join(run) for run in runs)]


def _same(
    rows: pd.DataFrame, column: str, key: object, found: pd.DataFrame, kind: str
) -> pd.DataFrame:
    if column not in rows.columns:
        return pd.DataFrame({"row": [], "text_number": []})
    asked = pd.DataFrame({"row": rows.index, "clue": keyed(rows[column], key).to_numpy()})  # type: ignore[arg-type]
    pairs = asked.dropna().merge(found[found["kind"] == kind], on="clue", validate="many_to_many")
    return pairs[["row", "text_number"]]


def _namesakes(rows: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """Pairs by both names, and by place where the text holds the place of a namesake."""
    if not {"first_name", "last_name"} <= set(rows.columns):
        return pd.DataFrame({"row": [], "text_number": []})
    words = found.loc[found["kind"] == "word", ["text_number", "clue"]]
    asked = pd.DataFrame({
        "row": rows.index, "last": keyed(rows["last_name"], name_key).to_numpy(),
        "first": keyed(rows["first_name"], given_name_key).to_numpy(),
        "postcode": keyed(rows["postcode"], postcode_key).to_numpy()
        if "postcode" in rows.columns else None,
    })
    pairs = asked.dropna(subset=["last", "first"]).merge(
        words, left_on="last", right_on="clue", validate="many_to_many")
    both = pairs.merge(words, left_on=["text_number", "first"], right_on=["text_number", "clue"],
                       validate="many_to_one", suffixes=("", "_first"))
    places = found.loc[found["kind"] == "postcode", ["text_number", "clue"]]
    here = both.merge(places, left_on=["text_number", "postcode"],
                      right_on=["text_number", "clue"], how="left", validate="many_to_one",
                      suffixes=("", "_place"))["clue_place"].notna()
    has_place = is_among(both["text_number"], both.loc[here.to_numpy(), "text_number"])
    is_meant = here.to_numpy() | ~has_place.to_numpy() | both["postcode"].isna().to_numpy()
    return both.loc[is_meant, ["row", "text_number"]]
