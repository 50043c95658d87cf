"""Accept the ids that linking proposes: they are the registry from then on."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from workbench.errors import StorageError
from workbench.pseudonyms import refuse_public_key
from workbench.settings import Settings
from workbench.spine.inputs import REGISTRY_FILE, read_registry
from workbench.tables import store, whole_file
from workbench.tables.people import CHANGE_CODES

NEXT_FILE = Path("data", "people", "registry_next", "id_registry.parquet")


@dataclass(frozen=True)
class Accepted:
    """How many ids the registry has, and how many are new, gone, merged or split."""

    n_people: int
    n_changed: Mapping[str, int]

    def __str__(self) -> str:
        told = ", ".join(f"{self.n_changed[code]:,} {code}" for code in CHANGE_CODES)
        return f"{REGISTRY_FILE} holds the ids of {self.n_people:,} people: {told}."


def accept_registry(settings: Settings) -> Accepted:
    """Copy data/people/registry_next to data/registry; StorageError where there is none.

    A registry that cannot be read is refused, and the old one stays.
    """
    refuse_public_key(settings)
    source, target = settings.root / NEXT_FILE, settings.root / REGISTRY_FILE
    if not source.is_file():
        raise StorageError(
            f"{NEXT_FILE} is not there: nothing has been linked. Run 'dvc repro spine', look at "
            "the changes, and accept them then.")
    rows = read_registry(source)
    made = store.read(settings.root, "person_changes", ["person_id", "change_code"])
    counts = made.drop_duplicates()["change_code"].value_counts()
    with whole_file(target) as draft:
        shutil.copyfile(source, draft)
    return Accepted(rows["person_id"].nunique(),
                    {code: int(counts.get(code, 0)) for code in CHANGE_CODES})
