"""Who has the built pages alone, and those of a release before, works nothing hidden out."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from release_attacker import TwoReleases, attack_pages

REPORTS = os.environ.get("WORKBENCH_REPORTS")
BEFORE = os.environ.get("WORKBENCH_REPORTS_BEFORE")
needs_pages = pytest.mark.skipif(
    not REPORTS, reason="WORKBENCH_REPORTS names no folder of built briefs")
REFUSED = os.environ.get("WORKBENCH_REFUSED")
needs_both = pytest.mark.skipif(
    not (REPORTS and BEFORE), reason="WORKBENCH_REPORTS_BEFORE names no folder of built briefs")
ONE_LEFT, A_FEW_MOVED = (0, 1), (-5, 5)  # people, of any group
# Briefs in which each is counted by their own records, whoever else there is.


@pytest.fixture(scope="module")
def pages():
    return attack_pages(Path(REPORTS or "."))


@pytest.fixture(scope="module")
def before():
    return attack_pages(Path(BEFORE or "."))


def table(heads, *rows):
    lines = ["".join(f"<td>{cell}</td>" for cell in row) for row in (heads, *rows)]
    return f"<table>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"


def tile(heading, value, n):
    return (f'<h3>{heading}</h3><p class="value"><strong>{value}</strong></p>'
            f"<dl><dt>n</dt><dd>{n}</dd></dl>")


def written(folder, **pages):
    folder.mkdir(exist_ok=True)
    for name, html in pages.items():
        (folder / f"{name}.html").write_text(html, encoding="utf-8")
    return attack_pages(folder)


YEARS = ("Year to", "Gave the year before", "Gave again", "Of these, gave more", "New",
         "Came back")
HOMES = ("In the home", "Homes", "Donors", "Raised, net")


@needs_pages
def test_who_has_the_pages_alone_pins_no_hidden_number_down(pages):
    """With what any reader knows: which numbers of a brief are parts of which others."""
    hidden = pages.attack.hidden
    assert len(hidden) > 10
    assert pages.apart == []
    assert pages.attack.is_possible()
    assert pages.pinned_down() == {}
    assert pages.small_rests() == {}
    limits = pages.attack.intervals()  # the attack is one: it bounds most of them
    assert sum(high < 1e6 for _, high in limits.values()) > len(hidden) / 2


@needs_pages
def test_no_hidden_sum_of_money_is_known_to_within_a_half_of_itself(pages):
    assert pages.money.hidden
    assert pages.money.is_possible()
    assert pages.money_pinned_down() == {}


@needs_both
def test_the_release_before_pins_no_hidden_number_down(pages, before):
    """Somebody left all files; readers hold that no count moved by more than a few, as it says."""
    both = TwoReleases(before, pages, left=A_FEW_MOVED)
    assert both.attack.is_possible()
    assert len(both.attack.hidden) > len(pages.attack.hidden)
    assert both.told()  # the two are not one release
    assert both.pinned_down() == {}


@needs_both
@pytest.mark.skipif(not REFUSED, reason="WORKBENCH_REFUSED names no words of a refused publishing")
def test_what_the_donor_gave_who_left_is_told_by_no_version_for_it_is_refused(pages, before):
    """To who knows that nobody else changed, the pages of both together would tell it."""
    assert TwoReleases(before, pages, left=ONE_LEFT).money_told()
    told = Path(REFUSED).read_text(encoding="utf-8")
    assert "Rows of fewer than 10 people differ" in told


def test_who_gave_last_year_tells_who_came_back(tmp_path):
    """The year before of one row is the year of the row below it."""
    found = written(tmp_path, donors=table(
        YEARS, ("2026", "95", "58%", "45%", "40", "10"),
        ("2025", "80", "50%", "not known", "55", "hidden")))
    assert found.pinned_down() == {("donors", "2025", "Came back"): (0.0, 6.0)}


def test_all_donors_less_those_alone_at_home_are_the_others_and_their_money(tmp_path):
    found = written(tmp_path, donors=(
        tile("Raised, net", "$41,200", "185") + tile("Donors", "185", "185")
        + "<p>everybody's home is on file</p>"
        + table(HOMES, ("One donor", "170", "170", "$37,100"),
                ("Several donors", "hidden", "hidden", "not shown"))))
    assert found.pinned_down()["donors", "Homes", "Several donors", "Donors"] == (11.0, 19.0)
    assert found.money_pinned_down() == {("home", "Several donors"): (4000.0, 4200.0)}


def test_all_voter_ids_bound_how_many_brought_ten(tmp_path):
    found = written(tmp_path, selections=tile("Voter IDs in the period", "70", "250") + table(
        ("Voter IDs", "Canvassers"), ("none", "hidden"), ("one to four", "25"),
        ("ten or more", "hidden")))
    assert [key[1] for key in found.pinned_down()] == ["ten or more"]


def test_a_person_who_leaves_is_told_of_where_a_rounded_sum_of_money_moves(tmp_path):
    pages = [written(tmp_path / name, donors=tile("Raised, net", raised, "185") + table(
        ("Account", "Rows", "Money"), ("Less refunds of these gifts", "15", refunds)))
        for name, raised, refunds in (("then", "$41,200", "$846"), ("now", "$41,200", "$792"))]
    told = TwoReleases(*pages, left=ONE_LEFT).money_told()
    assert told == {("account", "Less refunds of these gifts"): (53.0, 55.0)}


def test_a_total_that_moves_over_a_boundary_narrows_what_is_hidden_in_both_releases(tmp_path):
    """Of 100 printed and then 95, with one who left, there were 98 and there are 97."""
    pages = [written(tmp_path / name, link=tile("People", total, total) + table(
        ("Rows", "People"), ("1", "40"), ("2", "45"), ("3", "hidden")))
        for name, total in (("then", "100"), ("now", "95"))]
    assert pages[0].pinned_down() == {}
    both = TwoReleases(*pages, left=ONE_LEFT)
    assert both.given_up == []
    assert both.pinned_down()["before", ("link", "rows", "3")] == (9.0, 17.0)
    assert both.told() == {("link", "People"): ("100", "95")}
