"""The audit of a release finds what briefs give away together, and tells the quant alone."""

from __future__ import annotations

import json
from dataclasses import replace

import pandas as pd
import pytest
from made_briefs import made_settings

from workbench.briefs.audit_page import AUDIT_FILE, write_audit
from workbench.disclosure import Shape, close_ledger, forget_ledger, open_ledger, protect
from workbench.disclosure.audit import audit, read_folder
from workbench.disclosure.cells import parsed_shown, shown_text
from workbench.errors import DisclosureError
from workbench.settings import Disclosure

PROFILE = Disclosure(cell_min=10, rounding_base=5, percentage_base_min=50)


@pytest.fixture(autouse=True)
def own_ledger():
    yield
    forget_ledger()


def shown(brief, dimension, counts, *, data="x"):
    """What a brief shows that has one table of the people of a campaign."""
    open_ledger()
    frame = pd.DataFrame({dimension: list(counts), "n_people": list(counts.values())})
    shape = Shape("n_people", ("n_people",), population="people", dimensions=(dimension,))
    protect(frame, PROFILE, shape=shape)
    content = close_ledger(data=data).content["shown"]
    return replace(parsed_shown(content), brief=brief, as_of="2026-10-05")


SEATS = {"east": 40, "north": 33, "west": 4}
AGES = {"young": 37, "old": 40}


def test_two_briefs_that_are_safe_alone_are_attacked_together():
    seats, ages = shown("seats", "seat", SEATS), shown("ages", "age", AGES)
    assert audit([seats]).findings == ()
    (found,) = audit([seats, ages]).findings
    assert (found.brief, dict(found.cell.group), found.kind) == ("seats", {"seat": "west"},
                                                                 "narrow")
    assert (found.low, found.high) == (0, 8)  # 42 and 37 at the most, less 38 and 33 at the least


def test_a_cell_that_the_last_release_showed_of_the_same_data_is_told():
    before = shown("seats", "seat", SEATS)
    west = next(cell for cell in before.values if ("seat", "west") in cell.group)
    before = replace(before, values={**before.values, west: 15})
    (found,) = audit([shown("seats", "seat", SEATS)], [before]).findings
    assert (found.kind, found.low, found.high) == ("published", 13, 17)


def test_the_last_release_of_other_data_bounds_a_cell_by_how_much_may_have_changed():
    before = shown("seats", "seat", {"east": 40, "north": 33, "west": 12}, data="then")
    now = shown("seats", "seat", SEATS)
    told = audit([now], [before])
    assert told.findings == ()  # 10 to 12 then, so 5 to 17 now
    assert [(one.width, one.baseline) for one in told.briefs] == [(12, "other data")]


def test_cells_are_read_as_they_were_written(tmp_path):
    one = shown("seats", "seat", SEATS)
    (tmp_path / "seats.json").write_text(shown_text(one))
    assert read_folder(tmp_path) == [one]
    (tmp_path / "torn.json").write_text(shown_text(one)[:50])
    with pytest.raises(DisclosureError, match=r"torn\.json does not hold the cells"):
        read_folder(tmp_path)


def test_the_quants_page_leads_with_the_findings(tmp_path):
    settings = made_settings(tmp_path)
    with pytest.raises(DisclosureError, match="no cells to attack"):
        write_audit(settings)
    for one in (shown("seats", "seat", SEATS), shown("ages", "age", AGES)):
        (tmp_path / "data/shown").mkdir(parents=True, exist_ok=True)
        (tmp_path / "data/shown" / f"{one.brief}.json").write_text(shown_text(one))
    executed = tmp_path / "data/executed/seats.ipynb"
    executed.parent.mkdir()
    executed.write_text(json.dumps({"metadata": {"n_hidden_second": 1}}))
    found, lines = write_audit(settings)
    assert lines[0] == "1 hidden number can be pinned down"
    page = (tmp_path / AUDIT_FILE).read_text(encoding="utf-8")
    assert page.index("<h1>1 hidden number") < page.index("seat west") < page.index("Hidden first")
    assert "<td>too narrow</td>" in page
    assert "Confidential, for the quant alone" in page
    assert "<script" not in page
    assert len(found.findings) == 1


def test_a_sentence_that_counts_people_openly_is_told_and_stops_the_audit(tmp_path):
    settings = made_settings(tmp_path)
    for folder in ("data/shown", "reports"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "data/shown/seats.json").write_text(shown_text(shown("seats", "seat", SEATS)))
    page = tmp_path / "reports/seats.html"
    page.write_text("<p>Of 75 people, 4 donors live in the west.</p><table><tr><td>13 people"
                    "</td></tr></table><h2>77 electors</h2><p>1 in 1,000 people, on 40 of 52 "
                    "days, $13 a donor, 3 of 4 places, fewer than 10 people</p>")
    found, lines = write_audit(settings)
    assert [text for _, text in found.sentences] == [
        "Of 75 people, 4 donors live in the west.", "77 electors"]
    assert not found.is_clean
    assert "2 sentences count people openly" in lines[0]
    page.write_text("<p>Of 75 people, 40 are in the east.</p>")
    assert write_audit(settings)[0].is_clean
