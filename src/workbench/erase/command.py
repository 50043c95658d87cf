"""Erase people: first the hashes that keep them out, then raw files, the registry and DVC."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from shutil import rmtree

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from workbench.erase.person import Known, know_people
from workbench.erase.raw import RawFile, edit_raw_files, undeclared_files
from workbench.errors import StorageError
from workbench.intake.erased import ERASED_FILE, erased_people, read_erased, write_erased
from workbench.pipeline.kept import add_to_dvc, is_under_dvc, tracker_of
from workbench.progress import step
from workbench.pseudonyms import refuse_public_key
from workbench.settings import Settings
from workbench.tables import RESULTS, write_arrow
from workbench.tables.trials import TRIALS

REGISTRY_FILE = RESULTS["id_registry"].path


@dataclass(frozen=True)
class Erasure:
    """What an erasure did, or would do: counts, names of files and ids, nobody's values.

    ``known`` is missing where nobody was named and only the raw files were looked through.
    ``n_registry_rows`` is how many rows of the registry of ids went.
    """

    known: Known | None
    raw_files: tuple[RawFile, ...]
    undeclared: tuple[str, ...]
    n_registry_rows: int
    is_dry: bool


def erase(
    settings: Settings, person_ids: Sequence[str], *, erased_date: dt.date, is_dry: bool = False
) -> Erasure:
    """Erase people: keep hashes, take their records out of raw files and of the registry.

    The hashes are written first, so that a run that is killed leaves nobody half erased who
    could come back; a second run does what is left. Without an id, records that the list of
    erased people knows are taken out of the raw files: of a file that was sent again, or that
    an earlier run did not reach. With ``is_dry`` nothing is written. SettingsError where
    nobody has an id; ErasureError where the list cannot be read.
    """
    refuse_public_key(settings)
    step("finding what is held on them")
    erased = read_erased(settings)
    known = know_people(settings, person_ids, erased) if person_ids else None
    if known is not None and is_dry:
        erased = pd.concat([erased, known.keys], ignore_index=True)
    elif known is not None:
        erased = write_erased(settings, known.keys, erased_date)
        _track(settings, [ERASED_FILE])
    step("looking through the raw files")
    with erased_people(settings, erased) as knows:
        raw = edit_raw_files(settings, knows, known.said if known else (), is_dry=is_dry)
    step("looking through the registry of ids")
    n_registry = _registry_rows(settings, person_ids, is_dry=is_dry)
    if not is_dry:  # an earlier run may have been killed before it came to this
        rmtree(settings.root / TRIALS, ignore_errors=True)  # no build makes them again
        step("telling DVC what has changed")
        _track(settings, [*(one.path for one in settings.sources.values()), REGISTRY_FILE])
    return Erasure(known, tuple(raw), undeclared_files(settings), n_registry, is_dry)


def _registry_rows(settings: Settings, person_ids: Sequence[str], *, is_dry: bool) -> int:
    """Take the people's rows out of the registry of ids; return how many those are."""
    path = settings.root / REGISTRY_FILE
    if not path.is_file() or not person_ids:
        return 0
    try:
        rows = pq.read_table(path)
        is_theirs = pc.is_in(rows["person_id"], pa.array(list(person_ids), pa.string()))
    except (pa.ArrowException, OSError, KeyError) as error:
        raise StorageError(
            f"{REGISTRY_FILE} cannot be read. Fetch it with 'dvc checkout', and run again."
        ) from error
    n_rows = int(pc.sum(is_theirs).as_py() or 0)
    if n_rows and not is_dry:
        write_arrow(rows.filter(pc.invert(is_theirs)), path)
    return n_rows


def _track(settings: Settings, paths: Sequence[str]) -> None:
    """`dvc add` again what DVC tracks, and the list of erased people in any case."""
    if not is_under_dvc(settings.root):
        return
    places = [settings.root / path for path in paths]
    trackers = [tracker_of(settings.root, place) for place in places]
    found = [tracker for tracker in trackers if tracker is not None]
    own = [place for place in places if place == settings.root / ERASED_FILE]
    add_to_dvc(settings.root, [*found, *own])
