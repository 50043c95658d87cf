"""What the machine writes on a brief: rows that arrived, equal in block, imprint and manifest."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest
from made_briefs import made_manifest, made_measures, made_notebook, made_settings
from test_render import text_of

from workbench.baseline import Baseline
from workbench.briefs.blocks import read_received, received_facts, what_arrived, what_lacks
from workbench.briefs.changed import changed_tiles, sure_words
from workbench.briefs.render import render_brief
from workbench.exhibits import House
from workbench.tables import TABLES

GIFTS = {"source_name": "gifts", "n_rows": 1200, "n_accepted": 1190, "n_set_aside": 10,
         "n_refused": 0, "reasons": [
             {"explanation": "The value is no day.", "column_name": "gift_date", "n_rows": 7},
             {"explanation": "The line has more fields.", "column_name": "", "n_rows": 3}]}
OLD = {"source_name": "a_list", "n_rows": 5, "n_accepted": 0, "n_set_aside": 0, "n_refused": 5,
       "reasons": []}
RECEIVED = {
    "donations": {"table": "donations", "months": ["2025-10", "2026-09"], "sources": [GIFTS]},
    "gotv_list": {"table": "gotv_list", "months": [], "sources": [OLD]},
}


def page_of(received):
    return render_brief(made_notebook(with_charts=False), made_manifest(received=received),
                        made_settings())


def test_every_row_is_used_set_aside_or_refused():
    arrived = what_arrived(RECEIVED)
    assert arrived.sentence == ("1,205 rows came in from 2 sources; 1,190 are used, 10 were set "
                                "aside, and 5 refused.")
    assert arrived.sources == (("a_list", "5", "0", "0", "5"),
                               ("gifts", "1,200", "1,190", "10", "0"))
    assert arrived.reasons == (("gifts", "The value is no day (gift_date)", "7"),
                               ("gifts", "The line has more fields", "3"))


def test_the_block_stands_before_the_imprint_and_its_reasons_behind_a_fold():
    text = page_of(RECEIVED)
    block = text[text.index('id="arrived"'):text.index('class="imprint"')]
    assert "1,205 rows came in" in block
    assert "<summary>Why rows were set aside</summary>" in block
    assert "<summary>Rows by source</summary>" not in block


def test_many_sources_go_behind_a_fold():
    many = {name: {"table": name, "months": [], "sources": [{**GIFTS, "source_name": name}]}
            for name in "abcdefg"}
    assert "<summary>Rows by source</summary>" in page_of(many)


def test_the_imprint_tells_rows_and_months_of_the_manifest():
    text = text_of(page_of(RECEIVED))
    assert "Rows used of those received donations: 1,190 of 1,200; gotv_list: 0 of 5" in text
    assert "Months of the data donations: Oct\u00a02025 to Sep\u00a02026".replace(
        "\u00a0", " ") in text.replace("\u00a0", " ")
    assert asdict(made_manifest(received=RECEIVED))["received"] == RECEIVED


def test_a_brief_without_tables_has_no_block():
    assert what_arrived({}) is None
    assert received_facts({}) == ()
    assert 'id="arrived"' not in page_of({})


def test_what_was_received_is_read_from_the_inputs_of_the_brief(tmp_path):
    (tmp_path / "data" / "received").mkdir(parents=True)
    for table, content in RECEIVED.items():
        (tmp_path / "data" / "received" / f"{table}.json").write_text(json.dumps(content))
    inputs = {"data/received/donations.json": "ab", "data/tables/gotv_list.parquet": "cd"}
    settings = made_settings(tmp_path)
    assert read_received(settings, inputs) == {"donations": RECEIVED["donations"]}


@pytest.mark.parametrize(("table", "n_accepted", "n_refused", "shown"), [
    ("voters", 3011, 0, (3014, 3010, 0)), ("voters", 7, 107, (116, 7, 105)),
    ("areas", 3011, 107, (3122, 3011, 107)), ("suppressions", 0, 0, (4, 0, 0))])
def test_rows_about_people_that_fit_are_rounded_and_still_add_up(
        tmp_path, table, n_accepted, n_refused, shown):
    source = {"source_name": "s", "n_rows": n_accepted + n_refused + 4, "n_accepted": n_accepted,
              "n_set_aside": 4, "n_refused": n_refused, "n_left_out": 0, "reasons": []}
    path = tmp_path / "data" / "received" / f"{table}.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"table": table, "months": [], "sources": [source]}))
    (told,) = read_received(made_settings(tmp_path), [f"data/received/{table}.json"])[table][
        "sources"]
    assert (told["n_rows"], told["n_accepted"], told["n_refused"]) == shown
    assert told["n_rows"] == sum(told[name] for name in (
        "n_accepted", "n_set_aside", "n_refused", "n_left_out"))


def test_a_brief_says_on_its_first_screen_which_files_it_lacks_and_what_each_would_add():
    none = {name: {"table": name, "months": [], "sources": []} for name in ("polls", "voters")}
    received = {**none, "donations": RECEIVED["donations"], "gotv_list": RECEIVED["gotv_list"]}
    assert [name for name, _ in what_lacks(received)] == ["voters", "polls", "gotv_list"]
    text = page_of(received)
    first = text[text.index('class="slide first"'):text.index('class="blocks slide"')]
    assert "made without 3 of the files" in first
    for name, told in what_lacks(received):
        assert f"<strong>{name.replace('_', ' ')}</strong> would add {told}" in first
    assert 'class="lacks"' not in page_of({"donations": RECEIVED["donations"]})


def test_of_many_files_that_a_brief_lacks_three_stand_open_and_the_rest_behind_a_fold():
    none = {name: {"table": name, "months": [], "sources": []} for name in TABLES}
    text = page_of(none)
    assert f"<summary>and {len(TABLES) - 3} more</summary>" in text
    assert text.index("<strong>voters</strong>") < text.index("<summary>and ")


def test_every_canonical_table_says_what_a_file_of_it_adds():
    for name, table in TABLES.items():
        assert len(table.adds.split()) >= 5, name


def test_a_headline_without_a_value_has_no_tile_and_is_named_in_a_sentence():
    hidden = {**made_measures()[0].as_json(), "value": None, "title": "Raised of nobody"}
    shown = made_measures()[1].as_json()
    tiles = changed_tiles([hidden, shown], "b", Baseline(), House())
    assert len(tiles) == 1
    assert any("Not shown" in told and "Raised of nobody" in told
               for told in sure_words([hidden, shown], House()))
