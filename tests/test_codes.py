"""A code that tables and settings share is declared once, and no other one is accepted."""

from __future__ import annotations

import ast
import datetime as dt
from pathlib import Path

import pytest

from workbench.errors import ListRefused, SettingsError
from workbench.lists import Purpose
from workbench.people.entries import plan_lists
from workbench.tables import RESULTS, TABLES, any_table, codes
from workbench.tables.objections import SUPPRESSION_REASONS

SOURCE = Path(__file__).parents[1] / "src/workbench"
FAMILIES = {
    "channels": {*codes.CHANNELS}, "uses": {*codes.USE_CODES},
    "universes": {*codes.UNIVERSES}, "lists": {*codes.LISTS}, "accounts": {*codes.ACCOUNTS},
    "reasons": {*SUPPRESSION_REASONS},
}
DECLARED_IN = {"tables/codes.py", "tables/objections.py"}
# Where the rules stand that give the codes of their kind: one rule a code, and no list besides.
RULES_IN = {("accounts", "donors/gifts.py"), ("universes", "voters/universes/assign.py")}
APART = {"register"}  # who is on no register yet: found by find.py and not by a score
COLUMNS = {"phone", "email"}  # names of columns as well
OTHER_CODES = {("reasons", "voters/contacts.py")}  # results of canvassing


def collections():
    """Each tuple, list, set or dictionary of texts in the code, with the file it stands in."""
    for file in sorted(SOURCE.rglob("*.py")):
        where = file.relative_to(SOURCE).as_posix()
        if where in DECLARED_IN or where.startswith("sample/"):
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            held = getattr(node, "elts", None) or getattr(node, "keys", None) or []
            texts = {one.value for one in held
                     if isinstance(one, ast.Constant) and isinstance(one.value, str)}
            if len(texts) >= 2:
                yield where, node.lineno, texts


@pytest.mark.parametrize("family", FAMILIES)
def test_no_other_place_lists_codes_again(family):
    """A list of codes elsewhere is one that forgets the next code."""
    again = [(where, line, sorted(texts)) for where, line, texts in collections()
             if texts <= FAMILIES[family] and texts != COLUMNS
             and (family, where) not in RULES_IN | OTHER_CODES]
    assert [one for one in again if one[2] != ["both", "persuade"]] == []  # a sentence on two


def test_each_rule_gives_a_code_that_is_declared_and_each_code_has_a_rule():
    for family, where in RULES_IN:
        text = (SOURCE / where).read_text(encoding="utf-8")
        given = {node.value for node in ast.walk(ast.parse(text))
                 if isinstance(node, ast.Constant) and node.value in FAMILIES[family]}
        assert given | APART & FAMILIES[family] == FAMILIES[family], where


@pytest.mark.parametrize("name", [*TABLES, *RESULTS])
def test_a_column_of_shared_codes_accepts_those_alone(name):
    kinds = {"channel_code": "channels", "use_code": "uses", "universe_code": "universes",
             "account_code": "accounts", "reason_code": "reasons"}
    for column in any_table(name).columns:
        if column.name in kinds and (name, column.name) != ("unread_objections", "reason_code"):
            assert column.values, column.name
            assert {*column.values} <= FAMILIES[kinds[column.name]], column.name


def purpose(**changed):
    day = dt.date(2026, 10, 5)
    said = {"list_name": "walk", "channel_code": "door", "use_code": "research", "as_of": day,
            "polling_date": day, "voting_age_years": 18, "country_code": "US"}
    return Purpose(**(said | changed))


@pytest.mark.parametrize(("key", "value"), [
    ("channel_code", "fax"), ("channel_code", "event"), ("channel_code", "social"),
    ("use_code", "sell")])
def test_a_list_for_an_unknown_channel_or_use_is_refused(key, value):
    assert purpose()
    with pytest.raises(ListRefused, match=value):
        purpose(**{key: value})


@pytest.mark.parametrize("told", [
    (["walks"], {}, {}), (["gotv"], {"gotv": "fax"}, {"gotv": "research"}),
    (["gotv"], {"gotv": "door"}, {"gotv": "sell"})])
def test_a_plan_with_an_unknown_list_channel_or_use_is_refused(told):
    with pytest.raises(SettingsError, match="It can have: "):
        plan_lists(*told)


def test_the_groups_of_channels_are_those_that_a_person_would_name():
    assert codes.codes_that(codes.CHANNELS, "is_of_lists") == (
        "door", "phone", "text", "email", "post")
    assert {code: one.scopes for code, one in codes.CHANNELS.items() if one.opens} == {
        "door": ("door", "all"), "phone": ("phone", "all"), "text": ("text", "phone", "all"),
        "email": ("email", "all"), "post": ("post", "all"), "social": ("social", "all")}
    assert codes.codes_that(codes.UNIVERSES, "is_reminded") == (
        "get_out_the_vote", "vote_early", "both")
