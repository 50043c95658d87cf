"""What is lost with rows that do not fit is counted, asks for a decision, or stops the source."""

from __future__ import annotations

import json
from dataclasses import replace

import pyarrow.parquet as pq
import pytest
from made_expectations import expect
from made_files import COLUMNS, SOURCE, csv_text, make_folder

from workbench.errors import SettingsError
from workbench.intake import admit, examine, finding, loss_sentence, notes_shown, reasons_shown
from workbench.settings import load_settings
from workbench.tables import TABLES

GOOD_DAY, NO_DAY = "03/14/2026", "46115"
MAPPED = {**COLUMNS, "email": "Note"}


def lines(n_good, n_bad, *, good="10.00", bad="10.00"):
    """Gifts on a day that reads and on one that does not, each of another donor."""
    days = [(GOOD_DAY, good)] * n_good + [(NO_DAY, bad)] * n_bad
    return [f"g{n},Donor {n},{day},{amount}," for n, (day, amount) in enumerate(days)]


def given(folder, *rows):
    folder.write(csv_text(*rows))
    return admit(folder.settings, "gifts", n_workers=1).quality


@pytest.mark.parametrize(("n_good", "n_bad", "code"), [
    (19, 1, ""), (95, 5, ""), (94, 6, "asks"), (50, 50, "asks"), (49, 51, "stops"),
    (3, 9557, "stops"), (0, 3, "stops"), (100, 0, ""),
])
def test_a_loss_asks_over_the_first_limit_and_stops_over_the_second(tmp_path, n_good, n_bad, code):
    quality = given(make_folder(tmp_path), *lines(n_good, n_bad))
    assert quality.loss_code == code
    assert bool(quality.stop) == (code == "stops")
    rows = quality.rows
    assert rows["n_rows"] == n_good + n_bad
    assert rows["n_set_aside"] == n_bad
    assert (rows["n_accepted"], rows["n_refused"]) == (
        (0, n_good) if code == "stops" else (n_good, 0))


def test_9557_of_9560_gifts_set_aside_is_not_fit_to_use_and_the_good_table_stands(tmp_path):
    folder = make_folder(tmp_path)
    given(folder, *lines(20, 0))
    before = folder.outputs()
    quality = given(folder, *lines(3, 9557))
    assert folder.outputs()["accepted/gifts.parquet"] == before["accepted/gifts.parquet"]
    assert "9,557 of 9,560 rows" in quality.stop.split("\n")[0]
    assert quality.stop.endswith("The 20 rows that it gave before still stand.")
    found = finding(quality)
    assert found["title"].startswith("Source gifts stops: 9,557 of 9,560 rows")
    assert found["stop"] == {"error": "ValidationStopped", "message": quality.stop}
    assert pq.read_metadata(folder.root / "data/set_aside/gifts.parquet").num_rows == 9557


def test_where_no_row_fits_the_message_names_reason_column_count_lines_and_what_to_do(tmp_path):
    folder = make_folder(tmp_path)
    quality = given(folder, *lines(0, 3))
    for part in ("data/raw/gifts.csv: no row fits, 3 of 3 rows are set aside", "not_a_date",
                 "column 'Day' (donation_date)", "first on lines 2, 3, 4", "sources.gifts",
                 "No row of the source is in use."):
        assert part in quality.stop
    assert "accept_loss" not in quality.stop, "no record makes a source of no rows right"
    accepted = pq.read_table(folder.root / "data/accepted/gifts.parquet")
    assert accepted.schema.equals(TABLES["donations"].schema())
    assert len(accepted) == 0
    (reason,) = reasons_shown(quality).to_dict("records")
    assert (reason["column"], reason["n_rows"], reason["rows_share"], reason["first_lines"]) == (
        "Day", 3, 1.0, "2, 3, 4")


def test_where_no_row_fits_the_shape_and_the_rule_that_would_read_it_are_told(tmp_path):
    quality = given(make_folder(tmp_path), *lines(0, 3))
    assert "What stands there looks like 99999." in quality.stop
    assert "spreadsheet_serial" in quality.stop
    assert NO_DAY not in quality.as_json()
    (reason,) = reasons_shown(quality).to_dict("records")
    assert reason["looks_like"] == "99999"
    assert "spreadsheet_serial" in reason["what_would_help"]
    assert "looks like 99999" in finding(quality)["bottom_line"].lower().replace("it ", "")


def test_values_that_may_be_mangled_are_doubted_in_the_title_and_an_open_order_is_a_note(tmp_path):
    note = {"file_name": "gifts.csv", "n_lines": 9, "words": "Doubted.", "cure": "Export again."}
    fit = given(make_folder(tmp_path), *lines(50, 0))
    doubted = replace(fit, notes=[{**note, "code": "lost_zeros"}])
    assert finding(doubted)["title"] == (
        "Look at source gifts: 1 thing about it is doubted; no row is set aside")
    assert finding(doubted)["decision"] == "Look at what is doubted. Export again."
    mild = replace(fit, notes=[{**note, "code": "day_month_order"}])
    assert finding(mild)["title"] == "Source gifts is fit to use; no row is set aside"
    assert notes_shown(mild)["lines"].tolist() == ["9"]


def test_money_is_lost_though_few_rows_are(tmp_path):
    """2 of 100 rows hold 9,000 of 9,980: 90 % of the money."""
    quality = given(make_folder(tmp_path), *lines(98, 2, bad="4500.00"))
    assert quality.loss == {"rows": 0.02, "money": round(9000 / 9980, 4)}
    assert quality.loss_code == "stops"
    assert "90% of the money are lost" in quality.stop
    assert "accept_loss: {share: 0.91" in quality.stop


def test_refunds_count_as_money_that_moved(tmp_path):
    quality = given(make_folder(tmp_path), *lines(10, 10, bad="-30.00"))
    assert quality.loss["money"] == 0.75


def test_a_lost_row_whose_amount_cannot_be_read_has_the_mean_of_the_others(tmp_path):
    """Mean of the 12 known amounts: 20.00; 8 lost rows without one: 160 of 400 with them."""
    rows = [*lines(12, 0, good="20.00"), *(f"x{n},D,{GOOD_DAY},many," for n in range(7)), "x,y"]
    assert given(make_folder(tmp_path), *rows).loss["money"] == round(160 / 400, 4)


def test_duplicates_and_rows_that_an_expectation_sets_aside_are_lost_with_their_money(tmp_path):
    folder = make_folder(tmp_path)
    entry = expect("column_values_to_be_between", rows="set_aside", column="amount_minor",
                   max_value=5000, mostly=0.1)
    (tmp_path / "expectations/donations.json").write_text(
        json.dumps({"name": "donations", "expectations": [entry]}))
    rows = lines(9, 0)
    quality = given(folder, *rows, rows[0], f"big,Donor,{GOOD_DAY},100.00,")
    assert quality.loss["rows"] == round(2 / 11, 4)
    assert quality.loss["money"] == round(110 / 200, 4)


def test_people_who_stand_in_lost_rows_alone_are_lost(tmp_path):
    """90 rows of 2 people fit; 8 rows of 4 others and of one of the 2 do not: 4 of 6."""
    fit = [f"g{n},Donor {n % 2},{GOOD_DAY},10.00," for n in range(90)]
    lost = [f"x{n},{donor},{NO_DAY},10.00," for n, donor in
            enumerate(["A", "B", "C", "D", "A", "B", "C", "Donor 1"])]
    quality = given(make_folder(tmp_path), *fit, *lost)
    assert quality.loss["people"] == round(4 / 6, 4)
    assert quality.loss_code == "stops"
    assert "67% of the people" in quality.stop


def test_a_source_that_names_nobody_loses_no_people(tmp_path):
    columns = {name: column for name, column in COLUMNS.items() if name != "last_name"}
    quality = given(make_folder(tmp_path, columns=columns), *lines(50, 40))
    assert set(quality.loss) == {"rows", "money"}


@pytest.mark.parametrize(("share", "code"), [
    (0.2, "stops"), (0.69, "stops"), (0.7, "accepted"), (1, "accepted"),
])
def test_a_recorded_decision_makes_a_loss_right_up_to_its_share(tmp_path, share, code):
    folder = make_folder(tmp_path, accept_loss={"share": share, "why": "They are test gifts."})
    quality = given(folder, *lines(30, 70))
    assert quality.loss_code == code
    if code == "accepted":
        assert finding(quality)["title"] == "Source gifts is fit to use; 70 rows are set aside"
        assert "They are test gifts" in finding(quality)["bottom_line"]
        assert "They are test gifts" in loss_sentence(quality)


def test_no_record_makes_a_source_right_of_which_no_row_fits(tmp_path):
    folder = make_folder(tmp_path, accept_loss={"share": 1, "why": "All of it."})
    assert given(folder, *lines(0, 5)).stop


@pytest.mark.parametrize(("entry", "told"), [
    ({"share": 0.5}, "lacks the key 'why'"), ({"why": "x"}, "lacks the key 'share'"),
    ({"share": 1.5, "why": "x"}, "must be a share"), ({"share": "0.5", "why": "x"}, "a share"),
    ({"share": 0.5, "why": " "}, "must be a sentence"), ({"share": 0.5, "wy": "x"}, "'wy'"),
])
def test_a_decision_without_a_share_or_a_reason_is_refused(tmp_path, entry, told):
    with pytest.raises(SettingsError, match=told):
        make_folder(tmp_path, accept_loss=entry)


@pytest.mark.parametrize(("entries", "told"), [
    ({"loss_ask_share": -0.1}, "intake.loss_ask_share must be a share"),
    ({"loss_stop_share": 5}, "intake.loss_stop_share must be a share"),
    ({"loss_ask_share": 0.6, "loss_stop_share": 0.5}, "lies over loss_stop_share"),
    ({"loss_share": 0.5}, "unknown key 'loss_share'"),
    ({"drift_share": True}, "must be a number"),
])
def test_limits_out_of_range_are_refused(tmp_path, entries, told):
    make_folder(tmp_path)
    params = json.loads((tmp_path / "params.yaml").read_text())
    (tmp_path / "params.yaml").write_text(json.dumps({**params, "intake": entries}))
    with pytest.raises(SettingsError, match=told):
        load_settings(tmp_path)


def test_limits_are_those_of_params_yaml(tmp_path):
    make_folder(tmp_path)
    params = json.loads((tmp_path / "params.yaml").read_text())
    params["intake"] = {"loss_ask_share": 0.6, "loss_stop_share": 0.9}
    (tmp_path / "params.yaml").write_text(json.dumps(params))
    path = tmp_path / SOURCE["path"]
    path.parent.mkdir(parents=True)
    path.write_text(csv_text(*lines(40, 60)))
    assert admit(load_settings(tmp_path), "gifts").quality.loss_code == ""


def test_a_file_that_cannot_be_read_has_a_quality_that_says_so_and_what_stood_stands(tmp_path):
    folder = make_folder(tmp_path)
    given(folder, *lines(20, 0))
    before = folder.outputs()
    folder.write("Gift,Donor,Date,Amount,Note\nx,y,z,1,\n")
    quality = examine(folder.settings, "gifts")
    after = folder.outputs()
    assert {name for name in before if before[name] != after[name]} == {"quality/gifts.json"}
    assert "no column" in quality.stop
    assert finding(quality)["stop"]["error"] == "SourceError"
    assert finding(quality)["title"] == "Source gifts stops: it cannot be read"
    assert quality.n_standing == 20


def test_a_first_file_that_cannot_be_read_leaves_typed_empty_rows(tmp_path):
    folder = make_folder(tmp_path)
    folder.write("")
    assert examine(folder.settings, "gifts").rows["n_rows"] == 0
    accepted = pq.read_schema(folder.root / "data/accepted/gifts.parquet")
    assert accepted.equals(TABLES["donations"].schema())


def test_a_rule_that_leaves_out_every_row_stops_and_loses_nothing(tmp_path):
    folder = make_folder(tmp_path, keep={"Note": ["first"]})
    quality = given(folder, *lines(3, 0), f"k,Kept,{NO_DAY},1.00,first")
    assert quality.rows["n_left_out"] == 3
    assert "1 of 1 rows are set aside" in quality.stop


def test_what_a_loss_says_holds_no_amount_of_a_person(tmp_path):
    quality = given(make_folder(tmp_path), *lines(50, 10, bad="98765.43"))
    assert "98765" not in quality.as_json()
    assert "9876543" not in quality.as_json()


@pytest.mark.parametrize("n_at_once", [1, 7, 1000])
def test_people_are_counted_the_same_however_many_rows_are_looked_at_together(
    tmp_path, monkeypatch, n_at_once
):
    """200 rows of 50 people fit, 30 of 30 others do not: 30 of 80."""
    monkeypatch.setattr("workbench.intake.loss.N_ROWS_AT_ONCE", n_at_once)
    fit = [f"g{n},Donor {n % 50},{GOOD_DAY},10.00," for n in range(200)]
    lost = [f"x{n},Other {n},{NO_DAY},10.00," for n in range(30)]
    assert given(make_folder(tmp_path), *fit, *lost).loss["people"] == 0.375


def test_keys_that_come_again_name_the_columns_that_may_tell_their_rows_apart(tmp_path):
    """Two contests in one file: nothing reads the column that tells them apart."""
    columns = {name: column for name, column in COLUMNS.items() if column != "Note"}
    folder = make_folder(tmp_path, columns=columns)
    rows = [f"g{n % 5},D,{GOOD_DAY},1.00,{'House' if n < 5 else 'Senate'}" for n in range(10)]
    quality = given(folder, *rows)
    assert quality.loss_code == "asks"
    (reason,) = reasons_shown(quality).to_dict("records")
    assert "nothing reads 'Note'" in reason["what_would_help"]
    assert "keep: {Note:" in reason["what_would_help"]
