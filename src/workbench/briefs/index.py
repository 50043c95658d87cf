"""The page that leads to every brief: what each found, its version, what was published."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from workbench.briefs.pages import FramedPage, set_page
from workbench.briefs.policy import Margins
from workbench.briefs.versions import brief_versions, release_version
from workbench.errors import BriefError
from workbench.exhibits.forms import House, show
from workbench.settings import Settings
from workbench.tables import write_text

INDEX_FILE = "reports/index.html"
RELEASES_FILE = "reports/releases.json"
QUALITY = "quality/"
FIRST_BRIEF = "overview"


@dataclass(frozen=True)
class Entry:
    """One brief in the list; ``state`` says why it is missing or old, where it is."""

    name: str
    href: str
    finding: str
    version: str
    state: str = ""


@dataclass(frozen=True)
class Group:
    """Briefs of one sort under a heading."""

    id: str
    heading: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class IndexPage(FramedPage):
    """All that the template shows."""

    groups: tuple[Group, ...]
    releases: tuple[Mapping[str, Any], ...]


def write_index(settings: Settings, unbuilt: Mapping[str, str] = MappingProxyType({})) -> Path:
    """Write reports/index.html and return its path.

    ``unbuilt`` says of each brief that a build could not make whether it is missing or old,
    and why.
    """
    path = settings.root / INDEX_FILE
    write_text(path, build_index(settings, unbuilt))
    return path


def build_index(settings: Settings, unbuilt: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return the index as HTML: the same bytes for the same briefs and releases.

    BriefError where reports/ holds no brief, or a file there is not one of ours.
    """
    versions = brief_versions(settings)
    if not versions and not unbuilt:
        raise BriefError("reports/ holds no brief to list. Run `dvc repro` to build them.")
    return set_page("index.html.j2", _page(settings, versions, unbuilt))


def _page(
    settings: Settings, versions: Mapping[str, str], unbuilt: Mapping[str, str]
) -> IndexPage:
    campaign, release = settings.campaign, release_version(versions)
    title = "The campaign’s briefs"
    names = {*versions, *unbuilt}
    checks = {name for name in names if name.startswith(QUALITY)}
    entries = partial(_entries, settings.root, versions, unbuilt)
    groups = (
        _group("briefs", "Briefs", entries(names - checks)),
        _group("sources", "Is the data fit to use?", entries(checks)),
    )
    return IndexPage(
        title=title, summary="Start with the overview. Each brief answers one question; the "
        "checks below them say what arrived and what was set aside.",
        campaign=campaign.name, marking=campaign.marking,
        dated=f"As of {_day(settings)}", version=release,
        groups=tuple(group for group in groups if group.entries),
        releases=_releases(settings.root),
        facts=(("Release version", release), ("As of", _day(settings)),
               ("Build again with", "dvc repro")),
        margins=Margins(campaign.marking, campaign.name, title, release),
    )


def _group(group_id: str, heading: str, entries: Iterable[Entry]) -> Group:
    return Group(group_id, heading, tuple(entries))


def _entries(
    root: Path, versions: Mapping[str, str], unbuilt: Mapping[str, str], names: set[str]
) -> list[Entry]:
    """Return the entries of briefs, the overview first, the others by name."""
    ordered = sorted(names, key=lambda name: (name != FIRST_BRIEF, name))
    return [
        Entry(_readable(name), f"{name}.html", _title(root, name), versions[name],
              unbuilt.get(name, ""))
        if name in versions else Entry(_readable(name), "", "", "", unbuilt[name])
        for name in ordered
    ]


def _readable(name: str) -> str:
    """Return what a brief is called in the list: a source by the name that it is declared by."""
    if name.startswith(QUALITY):
        return name.removeprefix(QUALITY)
    return f"{name[:1].upper()}{name[1:]}".replace("_", " ")


def _title(root: Path, name: str) -> str:
    return str(_read_json(root / "reports" / f"{name}.json").get("title", ""))


def _releases(root: Path) -> tuple[Mapping[str, Any], ...]:
    """Return the published versions, the newest first, with their notes and what changed."""
    path = root / RELEASES_FILE
    if not path.is_file():
        return ()
    listed = _read_json(path)
    entries = listed.get("releases", ()) if isinstance(listed, dict) else listed
    return tuple(
        {"version": str(entry.get("release") or entry["version"]),
         "dated": str(entry.get("date") or entry.get("as_of", "")),
         "told": " ".join([str(entry.get("note", "")), *map(str, entry.get("changes", ()))])}
        for entry in reversed(list(entries))
    )


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BriefError(
            f"reports/{path.name} is not well-formed JSON. Build it again with `dvc repro`."
        ) from error


def _day(settings: Settings) -> str:
    return show(settings.campaign.as_of, "date", House())
