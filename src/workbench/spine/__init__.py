"""The spine: who everybody is, made from all tables, with ids that stay."""

from __future__ import annotations

from workbench.spine.accept import Accepted, accept_registry
from workbench.spine.inputs import read_erased, read_registry
from workbench.spine.make import make_people

__all__ = [
    "Accepted", "accept_registry", "make_people", "read_erased", "read_registry",
]
