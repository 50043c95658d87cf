"""A brief tells what changed since the last release, why, and how sure its numbers are."""

from __future__ import annotations

import json

import pytest
from made_briefs import made_manifest

from workbench import overview
from workbench.baseline import (
    BASELINE_FILE,
    Baseline,
    baseline_cells,
    causes,
    moved,
    read_baseline,
)
from workbench.briefs.changed import FIRST, SAME, changed_words, mind_words, sure_words
from workbench.errors import BriefError
from workbench.exhibits.forms import House

RELEASE = "2026-09-01-0123456789ab"
HOUSE = House()


def headline(name, value, low=None, high=None):
    return {"name": name, "title": name.title(), "value": value, "low": low, "high": high,
            "form": "count", "unit": "people", "n": value, "meaning": "People."}


def baseline(**headlines):
    entry = {"version": "ba", "inputs": {"data/tables/polls.parquet": "1", "src/a.py": "1"},
             "parameters": {"days": 30}, "headlines": headlines}
    return Baseline(RELEASE, {"donors": entry})


def manifest(**parts):
    return made_manifest(**{"inputs": {"data/tables/polls.parquet": "1", "src/a.py": "1"},
                            "parameters": {"days": 30}, **parts})


def test_without_a_release_a_brief_says_that_it_is_the_first(tmp_path):
    words = changed_words(manifest(), [headline("n", 5)], read_baseline(tmp_path), HOUSE)
    assert words == (FIRST,)


def test_the_same_making_and_the_same_results_are_no_change():
    before = baseline(n=headline("n", 5))
    assert changed_words(manifest(), [headline("n", 5)], before, HOUSE) == (SAME,)


def test_a_moved_headline_is_told_with_each_of_its_causes():
    now = manifest(inputs={"data/tables/polls.parquet": "2", "src/a.py": "3"},
                   parameters={"days": 90})
    words = changed_words(now, [headline("n", 50)], baseline(n=headline("n", 40)), HOUSE)
    assert words == ("N: 50, was 40 (+10).", "Other data: polls.", "Other code: src/a.py.",
                     "Parameter days: 90, was 30.")


def test_the_baseline_itself_is_no_cause():
    inputs = {BASELINE_FILE: "1", baseline_cells("donors"): "1"}
    assert causes({"inputs": {}}, inputs, {}) == {
        "data": (), "code": (), "parameters": ()}


def test_a_hidden_number_that_was_shown_before_is_not_reckoned_with():
    words = changed_words(manifest(), [headline("n", None)], baseline(n=headline("n", 40)), HOUSE)
    assert words[0].endswith("was 40 (not known).")


def test_a_number_with_a_range_says_it_and_a_full_count_says_what_it_lacks():
    words = sure_words([headline("seen", 50, 40, 60), headline("all", 70), headline("few", None)],
                       HOUSE)
    assert words[0] == "Seen: 50, range 40 to 60."
    assert words[1].startswith("Full counts of what is in use, without an error of sampling: All.")
    assert words[2].endswith("stand behind it: Few.")


def test_what_would_change_our_mind_is_a_number_out_of_its_range_and_new_data():
    assert mind_words(manifest(), [headline("seen", 50, 40, 60)], HOUSE) == (
        "Seen outside 40 to 60 in the next version.",
        "Another delivery of what this rests on: polls.")


def test_only_headlines_that_the_release_had_can_have_moved():
    before = baseline(n=headline("n", 40))
    now = {"n": headline("n", 45), "new": headline("new", 1)}
    assert list(moved(before, "donors", now)) == ["n"]


def test_the_overview_lists_what_moved_and_why():
    briefs = {"donors": {"headlines": {"n": headline("n", 50)}, "why": "Other data: polls."}}
    table = overview.moved_table(briefs, baseline(n=headline("n", 40)), HOUSE)
    assert table.to_dict("records") == [{
        "brief_name": "donors", "headline_name": "N", "before": "40", "now": "50",
        "change": "+10", "why": "Other data: polls."}]
    assert "1 headline has moved since" in overview.moved_words(table, baseline())


@pytest.mark.parametrize("text", ["", "[]", "{}", json.dumps({"release": "x", "briefs": 3})])
def test_a_file_that_is_no_baseline_is_refused_with_the_cure(tmp_path, text):
    (tmp_path / "reports").mkdir()
    (tmp_path / BASELINE_FILE).write_text(text)
    with pytest.raises(BriefError, match="not a baseline.*workbench baseline"):
        read_baseline(tmp_path)


def test_what_rests_on_other_briefs_alone_says_which():
    now = manifest(inputs={"reports/donors.json": "1", BASELINE_FILE: "2",
                           baseline_cells("overview"): "3"})
    assert mind_words(now, [], HOUSE) == (
        "Another version of the briefs that this rests on: donors.",)
