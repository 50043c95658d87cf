"""The index page: every brief with its finding and version, nothing else."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from pathlib import Path

import pytest
from made_briefs import PAYLOADS, SCRIPT, made_settings

from workbench.briefs.index import build_index, write_index
from workbench.briefs.versions import release_version
from workbench.errors import BriefError
from workbench.settings import Settings, Source

FOUND = {
    "overview": "Where we stand", "donors": "The top fifth gave most",
    "voters": "A third votes by post", "quality/gifts": "All rows of gifts are in use",
}


def made_reports(root: Path, titles: dict[str, str]) -> Settings:
    """A campaign whose reports/ holds briefs of those titles, with a source named gifts."""
    for place, (brief, title) in enumerate(titles.items()):
        path = root / "reports" / f"{brief}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        content = {"brief": brief, "version": f"{place:012d}", "title": title, "headlines": {}}
        path.write_text(json.dumps(content), encoding="utf-8")
    source = Source("gifts", ("data/raw/gifts.csv",), "donations", "consent",
                    dt.date(2027, 1, 1), preset="x")
    return dataclasses.replace(made_settings(root), sources={"gifts": source})


def test_every_brief_is_listed_with_finding_version_and_relative_link(tmp_path):
    html = build_index(made_reports(tmp_path, FOUND))
    for place, (brief, title) in enumerate(FOUND.items()):
        assert f'href="{brief}.html"' in html
        assert title in html
        assert f"{place:012d}" in html


def test_the_overview_comes_first_and_sources_last(tmp_path):
    html = build_index(made_reports(tmp_path, FOUND))
    places = [html.index(f'href="{name}.html"')
              for name in ("overview", "donors", "voters", "quality/gifts")]
    assert places == sorted(places)


def test_a_source_that_is_no_longer_declared_is_not_listed(tmp_path):
    html = build_index(made_reports(tmp_path, {**FOUND, "quality/old": "Gone"}))
    assert "quality/old" not in html


def test_the_release_version_is_that_of_its_briefs(tmp_path):
    versions = {brief: f"{place:012d}" for place, brief in enumerate(FOUND)}
    assert release_version(versions) in build_index(made_reports(tmp_path, FOUND))


def test_nothing_published_is_said_and_releases_are_listed_newest_first(tmp_path):
    settings = made_reports(tmp_path, FOUND)
    assert "None published yet." in build_index(settings)
    releases = [{"version": "aaaaaaaaaaaa", "as_of": "2026-09-01"},
                {"version": "bbbbbbbbbbbb", "as_of": "2026-10-01"}]
    (tmp_path / "reports/releases.json").write_text(json.dumps(releases), encoding="utf-8")
    html = build_index(settings)
    assert "None published yet." not in html
    assert html.index("bbbbbbbbbbbb") < html.index("aaaaaaaaaaaa")


def test_a_published_version_is_listed_with_its_day_its_note_and_what_changed(tmp_path):
    settings = made_reports(tmp_path, FOUND)
    entry = {"release": "2026-10-05-aaaaaaaaaaaa", "version": "aaaaaaaaaaaa",
             "as_of": "2026-10-05", "date": "2026-10-06", "note": "After <b>canvass</b>",
             "changes": ["Briefs changed: donors."]}
    text = json.dumps({"releases": [entry]})
    (tmp_path / "reports/releases.json").write_text(text, encoding="utf-8")
    html = build_index(settings)
    for told in ("2026-10-06", "After &lt;b&gt;canvass&lt;/b&gt; Briefs changed: donors.",
                 "<code>2026-10-05-aaaaaaaaaaaa</code>"):
        assert told in html


def test_a_log_without_an_entry_gives_the_page_of_no_log(tmp_path):
    settings = made_reports(tmp_path, FOUND)
    without = build_index(settings)
    (tmp_path / "reports/releases.json").write_text('{"releases": []}', encoding="utf-8")
    assert build_index(settings) == without


def test_writing_twice_gives_the_same_bytes(tmp_path):
    settings = made_reports(tmp_path, FOUND)
    first = write_index(settings).read_bytes()
    assert write_index(settings).read_bytes() == first
    assert len(first) < 40_000


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_hostile_finding_stays_text(tmp_path, payload):
    html = build_index(made_reports(tmp_path, {**FOUND, "donors": payload}))
    plain = build_index(made_reports(tmp_path, FOUND))
    assert html.count("<") == plain.count("<")
    assert SCRIPT not in html


def test_without_any_brief_the_cure_is_named(tmp_path):
    with pytest.raises(BriefError, match="Run `dvc repro`"):
        build_index(made_settings(tmp_path))
