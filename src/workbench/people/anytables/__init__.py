"""Link any tables: no register, any identifiers missing, duplicates within or across files."""

from __future__ import annotations

from workbench.people.anytables.link import OTHER, Choices, LinkedFiles, link_files
from workbench.people.anytables.records import FIELDS
from workbench.people.anytables.show import reasons_of_pairs

__all__ = ["FIELDS", "OTHER", "Choices", "LinkedFiles", "link_files", "reasons_of_pairs"]
