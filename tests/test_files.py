"""Files as they come: what is unusual about a file is read or told once, and no row is lost."""

from __future__ import annotations

import pytest
from made_files import HEADER, make_folder, open_text

from workbench.errors import SettingsError, SourceError
from workbench.intake import admit


def admitted(folder, content, **changes):
    """The quality of the source, and what its rows became: accepted, set aside, left out."""
    settings = make_folder(folder, **changes)
    settings.write(content)
    quality = admit(settings.settings, "gifts", n_workers=1).quality
    rows = quality.rows
    assert rows["n_rows"] == sum(n for name, n in rows.items() if name != "n_rows")
    return quality, tuple(rows[name] for name in ("n_accepted", "n_set_aside", "n_left_out"))


def notes_of(quality):
    return {note["code"]: note["n_lines"] for note in quality.notes}


# ---- rows chosen by a column's text

CONTESTS = (f"{HEADER},Contest\n"
            "g1,Avery,03/14/2026,25.00,,US House 5\n"
            "g2,Blair,03/15/2026,10.00,,US House 6\n"
            "g3,Casey,no day,10.00,,US House 6\n"
            "g4,Drew,03/16/2026,ten,, US  House 5 \n")


def test_rows_that_keep_leaves_out_are_counted_and_are_neither_accepted_nor_set_aside(tmp_path):
    quality, became = admitted(tmp_path, CONTESTS, keep={"Contest": ["US House 5"]})
    assert became == (1, 1, 2)
    assert notes_of(quality) == {"kept_out": 2}


@pytest.mark.parametrize(("keep", "message"), [
    ({"Contest": ["US House 7"]}, r"keep.Contest: no row holds 'US House 7'"),
    ({"Contest": ["US House 5", "us house 6"]}, r"no row holds 'us house 6'"),
    ({"Contest": []}, "lists no text"),
])
def test_a_text_under_keep_that_no_row_holds_is_refused(tmp_path, keep, message):
    with pytest.raises(SettingsError, match=message):
        admitted(tmp_path, CONTESTS, keep=keep)


def test_a_column_under_keep_that_the_file_lacks_is_told_with_the_nearest(tmp_path):
    with pytest.raises(SourceError, match=r"no column 'Contests'.*'Contest'.*gifts.keep"):
        admitted(tmp_path, CONTESTS, keep={"Contests": ["US House 5"]})


def test_a_person_whose_row_is_left_out_is_still_found_in_the_raw_file(tmp_path):
    opened = open_text(tmp_path, CONTESTS, keep={"Contest": ["US House 6"]})
    (chunk,) = opened.chunks()
    assert opened.placed(chunk).rows["donation_id"].to_pylist() == ["g1", "g2", "g3", "g4"]
