"""The overview shows other briefs' headlines as they were stored, and where rows went."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from workbench import overview
from workbench.disclosure import protect_measure
from workbench.errors import BriefError
from workbench.settings import Disclosure, load_settings

PROFILE = Disclosure(cell_min=10, rounding_base=5, percentage_base_min=50)


def headline(value, form="count", n=60):
    return {"title": "T", "value": value, "form": form, "unit": "u", "meaning": "M.", "n": n,
            "low": None, "high": None}


def quality(n_in, n_accepted, n_set_aside, n_refused):
    numbers = {"n_rows_in": n_in, "n_accepted": n_accepted, "n_set_aside": n_set_aside,
               "n_refused": n_refused}
    headlines = {name: headline(value) for name, value in numbers.items()}
    return {"title": "Q", "version": "1", "headlines": headlines}


BRIEFS = {
    "voters": {"title": "The young voted less", "version": "aa", "decision": "Remind them.",
               "headlines": {"n_electors": headline(60)}},
    "donors": {"title": "The top fifth gave most", "version": "bb", "decision": "Ask them.",
               "headlines": {"repeat_share": headline(0.35, "share", n=50)}},
    "quality/a": quality(10, 8, 2, 0),
    "quality/b": quality(100, 60, 0, 40),
}


def test_a_stored_headline_is_shown_as_it_was_stored():
    shown = overview.shown_measures(BRIEFS, ["donors.repeat_share", "voters.n_electors"])
    assert [m.name for m in shown] == ["donors_repeat_share", "voters_n_electors"]
    assert [protect_measure(m, PROFILE).value for m in shown] == [0.35, 60]


def test_a_headline_that_no_brief_left_is_refused():
    with pytest.raises(BriefError, match=r"'donors\.raised', which no brief left"):
        overview.shown_measures(BRIEFS, ["donors.raised"])


def test_every_source_has_a_row_that_adds_up():
    table = overview.quality_table(BRIEFS)
    assert table["source_name"].tolist() == ["a", "b"]
    parts = table["n_accepted"] + table["n_set_aside"] + table["n_refused"]
    assert parts.tolist() == table["n_rows_in"].tolist()


def test_the_finding_names_the_source_that_lost_most_of_its_rows():
    found = overview.finding(BRIEFS, overview.quality_table(BRIEFS))
    assert found["title"] == "Where we stand: the young voted less"
    assert "68 of 110 rows received are in use" in found["bottom_line"]
    assert found["decision"].startswith("Decide who fixes source 'b': 40 of its 100 rows")


@pytest.mark.parametrize(("n_words", "n_told"), [(17, 3), (18, 2), (60, 0)])
def test_the_bottom_line_tells_the_first_findings_that_fit_into_sixty_words(n_words, n_told):
    finding = " ".join(["Word"] * n_words)
    briefs = {"voters": BRIEFS["voters"], **{
        f"brief{i}": {**BRIEFS["voters"], "title": finding} for i in range(3)},
        "quality/a": quality(10, 10, 0, 0)}
    found = overview.finding(briefs, overview.quality_table(briefs))["bottom_line"]
    assert found.count(finding) == n_told
    assert found.endswith("10 of 10 rows received are in use.")


def test_where_every_source_is_in_use_the_first_brief_says_what_to_decide():
    briefs = {**BRIEFS, "quality/a": quality(10, 10, 0, 0), "quality/b": quality(200, 198, 2, 0)}
    found = overview.finding(briefs, overview.quality_table(briefs))
    assert found["decision"] == "Remind them."


def test_a_campaign_without_any_source_gets_a_page_that_says_so():
    found = overview.finding({}, overview.quality_table({}))
    assert found["title"] == "Where we stand: nothing to report yet"
    assert found["decision"].startswith("Nothing is asked for")


def test_a_brief_that_was_not_built_is_told_by_name_and_the_others_are_shown(tmp_path):
    reports = tmp_path / "reports"
    reports.mkdir()
    (reports / "voters.json").write_text(json.dumps(BRIEFS["voters"]))
    settings = replace(load_settings(), root=tmp_path, sources={})
    names = ["voters", "donors"]
    briefs = overview.read_briefs(settings, names)
    assert briefs == {"voters": BRIEFS["voters"]}
    lacking = overview.unbuilt(settings, names, [])
    assert lacking == {"donors": "missing, since it has not been built yet"}
    shown = overview.shown_measures(briefs, ["donors.raised_net"], lacking)
    assert [(measure.name, measure.value) for measure in shown] == [
        ("voters_n_electors", 60), ("n_rows_in", 0), ("n_rows_used", 0)]
    assert overview.unbuilt_words(lacking) == (
        "1 brief is missing or old: donors is missing, since it has not been built yet.")
    found = overview.finding(briefs, overview.quality_table(briefs), lacking)
    assert found["decision"] == (
        "Decide who puts right what stopped 1 brief (donors); the reasons stand below.")


def test_a_brief_that_a_build_calls_old_is_shown_with_the_reason(tmp_path):
    reports = tmp_path / "reports"
    reports.mkdir()
    (reports / "voters.json").write_text(json.dumps(BRIEFS["voters"]))
    settings = replace(load_settings(), root=tmp_path, sources={})
    told = ["voters: old, since voters.ipynb stopped: in cell 4"]
    lacking = overview.unbuilt(settings, ["voters"], told)
    assert lacking == {"voters": "old, since voters.ipynb stopped: in cell 4"}
    shown = overview.shown_measures(BRIEFS, ["voters.n_electors"], lacking)
    assert shown[0].value == 60


def test_headlines_that_a_campaign_does_not_have_give_way_to_others_and_to_rows():
    hidden = {**BRIEFS["donors"], "headlines": {"repeat_share": headline(None, "share")}}
    briefs = {**BRIEFS, "donors": hidden}
    shown = overview.shown_measures(briefs, ["donors.repeat_share", "voters.n_electors"])
    assert [(measure.title, measure.value) for measure in shown] == [
        ("T", 60), ("Rows received", 110), ("Rows in use", 68)]
    shown = overview.shown_measures({"quality/a": quality(10, 8, 2, 0)}, [])
    assert [measure.value for measure in shown] == [10, 8, 2]


def test_the_key_that_anybody_can_read_is_the_first_thing_to_decide():
    found = overview.finding(BRIEFS, overview.quality_table(BRIEFS), {"voters": "missing"},
                             key_trouble="Run 'workbench key harbour'.")
    assert found["decision"] == "Run 'workbench key harbour'."
