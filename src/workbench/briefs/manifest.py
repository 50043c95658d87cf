"""What a brief is made of: enough to name its version and to build it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Manifest:
    """The provenance of one brief. It holds no clock, no user and no path of a machine.

    ``brief`` is the path below reports/ without its ending (``donors``, ``quality/voters``).
    ``version`` and ``previous_version`` are content versions of 12 hexadecimal digits, the
    previous one empty where nothing was released before. ``inputs`` maps each file, by its
    path below the campaign's folder, to its sha256 in full. ``environment`` is the sha256 of
    requirements.lock. ``command`` builds the brief again. ``received`` says for each table, by its
    sources, how many rows came in, were accepted, set aside by reason and refused, and from which
    month to which they tell. ``is_trial``: no stage of the pipeline ran it.
    """

    brief: str
    title: str
    version: str
    previous_version: str
    inputs: Mapping[str, str]
    parameters: Mapping[str, Any]
    environment: str
    disclosure: Mapping[str, int]
    as_of: str
    command: str
    received: Mapping[str, Any] = field(default_factory=dict)
    is_trial: bool = False
