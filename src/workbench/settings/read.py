"""Reading params.yaml: where it is, its YAML, and every section of it checked."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import yaml

from workbench.errors import SettingsError
from workbench.settings.checks import (
    mapping_of,
    refuse_no_share,
    refuse_strangers,
    require_keys,
    section_of,
)
from workbench.settings.country import country_of_currency, is_country
from workbench.settings.model import (
    PARAMS_FILE,
    Campaign,
    Disclosure,
    Intake,
    Linkage,
    Publishing,
    Sample,
    Scores,
    Settings,
)
from workbench.settings.plain import read_plain, read_texts
from workbench.settings.source import OF_TEXTS, Source, source_of

LARGEST_PARAMS_BYTES = 1_000_000
ENGINES = ("duckdb", "spark")


def find_root(start: Path | None = None) -> Path:
    """Return the campaign's folder: ``start`` or the nearest one above that has params.yaml."""
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / PARAMS_FILE).is_file():
            return folder
    raise SettingsError(
        f"There is no {PARAMS_FILE} in this folder or above it. Go to the campaign's folder "
        "(the one that has dvc.yaml and notebooks/) and run the command again."
    )


def load_settings(root: Path | None = None) -> Settings:
    """Read and check params.yaml; SettingsError names the key and the cure."""
    folder = find_root(root)
    text, read = _read(folder / PARAMS_FILE)
    raw = mapping_of(read, PARAMS_FILE)
    known = {"campaign", "disclosure", "engine", "linkage", "sample", "sources", "notebooks"}
    refuse_strangers(set(raw), known | {"intake", "publishing", "scores"}, PARAMS_FILE)
    require_keys(set(raw), known, PARAMS_FILE)
    declared = _with_texts(mapping_of(raw["sources"] or {}, "sources"), text)
    campaign = _in_country(section_of(Campaign, raw["campaign"], "campaign"))
    return Settings(
        root=folder,
        campaign=campaign,
        disclosure=section_of(Disclosure, raw["disclosure"], "disclosure"),
        engine=_engine(raw["engine"]),
        linkage=section_of(Linkage, raw["linkage"], "linkage"),
        sample=section_of(Sample, raw["sample"], "sample"),
        sources={name: _of_campaign(source_of(name, entry), campaign)
                 for name, entry in declared.items()},
        notebooks=mapping_of(raw["notebooks"] or {}, "notebooks"),
        intake=_intake(raw.get("intake") or {}),
        publishing=section_of(Publishing, raw.get("publishing", {}), "publishing"),
        scores=section_of(Scores, raw.get("scores") or {}, "scores"),
    )


def _in_country(campaign: Campaign) -> Campaign:
    """Return the campaign with the country of its currency, where it names none and one has it."""
    code = campaign.country_code or country_of_currency(campaign.currency_code)
    if code and not is_country(code):
        raise SettingsError(
            f"campaign.country_code in params.yaml is {code[:20]!a}, which is no country. Write "
            "the two capital letters of ISO 3166, such as US, GB or SE: telephone numbers are "
            "read as dialled from there."
        )
    return replace(campaign, country_code=code)


def _of_campaign(source: Source, campaign: Campaign) -> Source:
    """Return a source with the campaign's currency, and its year as the last of births.

    What the source says itself stands.
    """
    return replace(source, latest_year=source.latest_year or campaign.as_of.year,
                   currency_code=source.currency_code or campaign.currency_code)


def read_params(root: Path) -> dict[str, Any]:
    """Return params.yaml as it stands, unchecked; SettingsError where it is no YAML."""
    return mapping_of(_read(root / PARAMS_FILE)[1] or {}, PARAMS_FILE)


def _with_texts(declared: dict[str, Any], text: str) -> dict[str, Any]:
    """Return the declared sources with what stands for texts of the file as it is written.

    A code may be no, 01 or 2026-01-01: it is what stands there and not what YAML takes it for.
    """
    written = read_texts(text)["sources"]
    return {
        name: {**entry, **{key: written[name][key] for key in OF_TEXTS if entry.get(key)}}
        if isinstance(entry, dict) else entry
        for name, entry in declared.items()
    }


def _read(path: Path) -> tuple[str, Any]:
    """Return the text of a YAML file and what it says; SettingsError names the line."""
    if path.stat().st_size > LARGEST_PARAMS_BYTES:
        raise SettingsError(f"{path.name} is over a megabyte. Keep data out of it.")
    try:
        text = path.read_text(encoding="utf-8")
        return text, read_plain(text)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" near line {mark.line + 1}" if mark else ""
        raise SettingsError(
            f"{path.name} is not well-formed YAML{where}. Correct the indentation or the quotes "
            "there and run again."
        ) from error


def _intake(value: object) -> Intake:
    """Return the limits of losses and changes; SettingsError where one is out of its range."""
    intake = section_of(Intake, value, "intake")
    for part in fields(intake):
        refuse_no_share(getattr(intake, part.name), f"intake.{part.name}")
    if intake.loss_ask_share > intake.loss_stop_share:
        raise SettingsError(
            "intake.loss_ask_share lies over loss_stop_share, so that a source would stop before "
            "a decision is asked. Lower it, or raise the other."
        )
    return intake


def _engine(name: object) -> str:
    if name not in ENGINES:
        raise SettingsError(f"engine must be one of: {', '.join(ENGINES)}. Correct params.yaml.")
    return str(name)
