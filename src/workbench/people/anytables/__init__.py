"""Link any tables: no register, any identifiers missing, duplicates within or across files."""

from __future__ import annotations

from workbench.people.anytables.link import OTHER, LinkedFiles, link_files
from workbench.people.anytables.records import FIELDS

__all__ = ["FIELDS", "OTHER", "LinkedFiles", "link_files"]
