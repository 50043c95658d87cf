"""How a campaign stands, in words for the terminal: what is to be done first, the rest below."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workbench.settings import PARAMS_FILE
from workbench.status.look import Status
from workbench.status.stale import NEVER, Stale
from workbench.status.steps import GONE, NEW, Change
from workbench.status.waiting import SOON_DAYS, Decision, Expiry

FEW_NAMES, FEW_CHANGES = 6, 12
MOST_SIGNS = 40


def status_lines(status: Status) -> Iterator[str]:
    """Yield the lines that tell how a campaign stands; only what is so is told."""
    yield f"{status.campaign_name}, as of {status.as_of}"
    for part in (_build_lines(status.stale), _failed_lines(status.failed),
                 _decision_lines(status.decisions), _expiry_lines(status.expiries),
                 _list_lines(status)):
        lines = list(part)
        yield from ["", *lines] if lines else []
    if not (status.decisions or status.expiries or status.failed):
        yield ""
        yield (f"Nothing waits for a decision, and no source expires within {SOON_DAYS} days.")


def _build_lines(stale: Stale | None) -> Iterator[str]:
    if stale is None:
        yield "A build is running. Ask again when it has ended for what is out of date."
    elif not stale.why:
        yield f"Everything is built and up to date: {_count(stale.n_steps, 'step')}."
    elif stale.is_nothing_built:
        yield f"Nothing is built yet: 'workbench build' runs {_count(stale.n_steps, 'step')}."
    else:
        yield (f"Out of date: {len(stale.why)} of {_count(stale.n_steps, 'step')}. "
               "'workbench build' runs them, because")
        lines = [f"  {change}: {_steps(names)}" for change, names in _by_change(stale.why).items()]
        yield from lines[:FEW_CHANGES]
        if lines[FEW_CHANGES:]:
            yield f"  and {len(lines) - FEW_CHANGES:,} changes more; --json has all"
        if stale.after:
            yield f"  and then, where these come out different: {_steps(stale.after)}"


def _failed_lines(failed: Mapping[str, str]) -> Iterator[str]:
    if failed:
        yield "The last build could not make:"
        yield from (f"  {name}: {why}" for name, why in failed.items())


def _decision_lines(decisions: Sequence[Decision]) -> Iterator[str]:
    if decisions:
        yield "Waits for a decision:"
        yield from (f"  {one.about}: {one.found} {one.asked}" for one in decisions)


def _expiry_lines(expiries: Sequence[Expiry]) -> Iterator[str]:
    past = [one for one in expiries if one.n_days < 0]
    soon = [one for one in expiries if one.n_days >= 0]
    if past:
        yield ("Expired, so not used any more; renew the lawful basis and move expiry_date, or "
               "delete the file:")
        yield from (f"  source {one.source_name}: on {one.expiry_date}" for one in past)
    if soon:
        yield "Expires soon:"
        yield from (f"  source {one.source_name}: on {one.expiry_date}, "
                    + (f"in {_count(one.n_days, 'day')}" if one.n_days else "today")
                    for one in soon)


def _list_lines(status: Status) -> Iterator[str]:
    if not status.lists:
        return
    yield f"Lists that have not left yet: {', '.join(status.lists)}"
    if status.as_of == status.today:
        yield "  'workbench lists release NAME' releases one."
    else:
        yield (f"  A list leaves on the day of the build, and today is {status.today}: set as_of "
               f"in {PARAMS_FILE}, build, and 'workbench lists release NAME'.")


def _by_change(why: Mapping[str, tuple[Change, ...]]) -> dict[str, list[str]]:
    """Return by each change, in words, the steps that run for it."""
    steps: dict[str, list[str]] = {}
    for name, changes in why.items():
        for change in changes:
            steps.setdefault(_told(change), []).append(name)
    return steps


def _steps(names: Sequence[str]) -> str:
    """Return steps in a line: sources first, then briefs, then the others by their names.

    >>> _steps(["source voters", "gather", "brief donors", "brief link"])
    'source voters, briefs donors, link, gather'
    """
    told = []
    for kind in ("source", "brief"):
        some = [name.partition(" ")[2] for name in names if name.startswith(f"{kind} ")]
        if len(some) > FEW_NAMES:
            told.append(f"{len(some):,} {kind}s")
        elif some:
            told.append(f"{kind if len(some) == 1 else f'{kind}s'} {', '.join(some)}")
    return ", ".join([*told, *(name for name in names if " " not in name)])


def _told(change: Change) -> str:
    if change == NEVER:
        return "never built before"
    if change.kind == "command":
        return "its command in dvc.yaml changed"
    if change.kind == "output":
        return f"{change.name} " + ("is not there" if change.state == GONE
                                    else "was changed after it was built")
    where = f"{change.name} in {PARAMS_FILE}" if change.kind == "setting" else change.name
    if change.state == GONE:
        return f"{where} is not there any more"
    now, was = _value(change.now), _value(change.was)
    if change.kind == "setting" and now and was:
        before = "and was not set" if change.was is None else f"was {was}"
        return f"{where} is {now}, {before}"
    return f"{where} is new" if change.state == NEW else f"{where} changed"


def _value(value: Any) -> str:
    """Return a setting's value as it may stand in a sentence; '' where it is too long for one."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= MOST_SIGNS and not isinstance(value, dict) else ""


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"
