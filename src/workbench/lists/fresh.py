"""Whether a list may leave today: its day, and whether what lies behind it is of this moment."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

from workbench.errors import ListRefused, StorageError
from workbench.exhibits.forms import listed, plural
from workbench.lists.drafts import DRAFTS
from workbench.lists.evidence import AGAIN, CURE, FILES
from workbench.pipeline.commands import dvc
from workbench.pipeline.recorded import other_bytes
from workbench.pipeline.stages import Stage, stage_of
from workbench.settings import Campaign, Settings
from workbench.settings.source import SUPPRESSIONS

OLDEST_BUILD_DAYS = 1  # a list that is made in the evening leaves in the morning
FEW = 4


def refuse_other_day(campaign: Campaign, today: dt.date, *, as_of: dt.date | None = None) -> None:
    """Refuse to judge a list that leaves today by the world of another day.

    ``as_of`` may move the day on which the list leaves by one day from that of the build: what
    was due, consented or of age days ago is no longer known by then.
    """
    built, leaves = campaign.as_of, as_of or campaign.as_of
    cure = f"write as_of: \"{today}\" in params.yaml and run 'dvc repro'"
    if leaves != today:
        said = "--as-of" if as_of else "campaign.as_of"
        raise ListRefused(
            f"{said} is {leaves}, and today is {today}. A list that leaves is judged on "
            f"the day it leaves: {cure}, or give --as-of {today} where the build is of yesterday."
        )
    if not 0 <= (today - built).days <= OLDEST_BUILD_DAYS:
        raise ListRefused(
            f"The build is of {built}, and today is {today}. --as-of moves a list by a day and "
            f"no further: {cure}."
        )
    if campaign.polling_date < today:
        raise ListRefused(
            f"campaign.polling_date is {campaign.polling_date}, which has passed: nobody is asked "
            "for that vote any more, and whoever came of age since is taken for a minor. Write "
            "the next polling day in params.yaml and run 'dvc repro'."
        )


def refuse_stale(settings: Settings, list_name: str) -> None:
    """Refuse where anything upstream of the draft changed after the draft was made.

    An objection that arrived an hour ago lies in data/raw and not yet in the suppressions. DVC is
    asked of every stage upstream; it takes a file of the same size and time for the same, so what
    the gate decides by, and the suppressions as they arrived, are read again to the last byte.
    """
    root, target = settings.root, "/".join((*DRAFTS, f"{list_name}.parquet"))
    stage = stage_of(root, target)
    changed = _changed_stages(root, stage) if stage else None
    if stage is None or changed is None:
        asked = f"dvc status --with-deps {stage.name}" if stage else "dvc stage list"
        raise ListRefused(f"DVC cannot tell whether {target} is up to date. "
                          + CURE.format(f"run '{asked}', which says why"))
    if changed:
        raise ListRefused(
            f"{target} is older than what it was made from: {plural(len(changed), 'stage')} must "
            f"run again ({listed(changed, FEW)}). {CURE.format(AGAIN)}"
        )
    _refuse_other_bytes(settings, target)


def _refuse_other_bytes(settings: Settings, target: str) -> None:
    arrived = [one.path for one in settings.sources.values() if one.table == SUPPRESSIONS]
    try:
        others = other_bytes(settings.root, [target, *arrived, *FILES])
    except StorageError as error:
        raise ListRefused(f"{error} {CURE.format(AGAIN)}") from error
    if others:
        raise ListRefused(
            f"{others[0]} is not what the build read or made, though its size and time say so. "
            + CURE.format(f"run 'touch {others[0]}' and 'dvc repro'")
        )


def _changed_stages(root: Path, stage: Stage) -> list[str] | None:
    """Return the stages at or upstream of ``stage`` that are to run again; None where untold."""
    asked = dvc(root, "status", "--json", "--with-deps", stage.name)
    try:
        return sorted(json.loads(asked.stdout)) if not asked.returncode else None
    except (ValueError, TypeError):
        return None
