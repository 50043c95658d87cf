"""Look at a campaign: what is out of date, what waits, what expires, what failed, what may leave.

Nothing is run, and nothing is written.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from workbench.builds.failures import first_sentence, kept_failures
from workbench.pipeline.repair import is_at_work
from workbench.settings import Settings
from workbench.status.stale import Stale, called, stale_steps
from workbench.status.steps import Step, read_steps
from workbench.status.waiting import Decision, Expiry, decisions, expiries, waiting_lists


@dataclass(frozen=True)
class Status:
    """How a campaign stands.

    ``stale`` is None while a build runs, since what it makes changes meanwhile. ``failed`` says
    why steps of the last build failed that are still to be made.
    """

    campaign_name: str
    as_of: dt.date
    today: dt.date
    stale: Stale | None
    failed: Mapping[str, str]
    decisions: tuple[Decision, ...]
    expiries: tuple[Expiry, ...]
    lists: tuple[str, ...]

    def as_json(self) -> str:
        """Return all of it as JSON, for machines."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False, default=str)


def look_at(settings: Settings, today: dt.date) -> Status:
    """Return how a campaign stands; ``today`` is the day that the clock shows."""
    root, campaign = settings.root, settings.campaign
    steps = None if is_at_work(root) else read_steps(root)
    stale = None if steps is None else stale_steps(steps)
    return Status(
        campaign.name, campaign.as_of, today, stale,
        _failed(kept_failures(root), steps, stale) if steps and stale else {},
        tuple(decisions(settings)), tuple(expiries(settings, today)),
        tuple(waiting_lists(settings)),
    )


def _failed(kept: Mapping[str, str], steps: tuple[Step, ...], stale: Stale) -> dict[str, str]:
    """Return why steps failed in the last build, of those that no later run has made."""
    unmade = {*stale.why, *stale.after}
    return {called(step.stage): first_sentence(kept[step.stage.name]) for step in steps
            if step.stage.name in kept and called(step.stage) in unmade}
