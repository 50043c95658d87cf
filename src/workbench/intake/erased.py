"""The list of erased people: read whole or not at all, and kept out of what is gathered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from workbench.engine import open_database
from workbench.errors import ErasureError
from workbench.people.erasure import is_erased, load_erased, mark_of
from workbench.pseudonyms import N_HASH, read_key
from workbench.settings import Settings
from workbench.tables import RESULTS, store, to_pandas

ERASED_FILE = RESULTS["erased"].path
CURE = ("Fetch it with 'dvc checkout data/registry/erased.parquet.dvc' (or 'dvc pull'), and "
        "run again; without it, erased people would come back.")
Mask = npt.NDArray[np.bool_]
Knows = Callable[[pa.Table, str], Mask]


def read_erased(settings: Settings) -> pd.DataFrame:
    """Return the list of erased people: one row a hash; empty where nobody was erased.

    ErasureError where the file is damaged or is missing while DVC has it, or where it was made
    with another key: nobody may be gathered then.
    """
    path = settings.root / ERASED_FILE
    if not path.is_file():
        if path.with_name(f"{path.name}.dvc").exists():
            raise ErasureError(f"{ERASED_FILE} is not there, and DVC says that it should. {CURE}")
        return pd.DataFrame(columns=list(RESULTS["erased"].column_names))
    erased = _read(path)
    mark = mark_of(read_key(settings.linkage))[0]
    if not (erased.loc[erased["kind_code"] == "key", "erased_key"] == mark).all():
        raise ErasureError(
            f"{ERASED_FILE} was made with another key than the one that params.yaml names under "
            "linkage, and would know nobody again. Name the key that it was made with."
        )
    return erased


def _read(path: Path) -> pd.DataFrame:
    table = RESULTS["erased"]
    try:
        rows = pq.read_table(path)
    except (pa.ArrowException, OSError) as error:
        raise ErasureError(f"{ERASED_FILE} is damaged and cannot be read. {CURE}") from error
    erased = to_pandas(rows)
    is_whole = (
        rows.schema.equals(table.schema()) and erased.notna().all(axis=None)
        and set(erased["kind_code"]) <= set(table.column("kind_code").values)
        and erased["erased_key"].str.fullmatch(f"[0-9a-f]{{{N_HASH}}}").all()
        and erased["erased_key"].is_unique and (erased["kind_code"] == "key").sum() == 1
    )
    if not is_whole:
        raise ErasureError(
            f"{ERASED_FILE} is not a whole list of erased people: its columns or its rows "
            f"({len(erased)}) are not those that 'workbench erase' writes. {CURE}"
        )
    return erased


def write_erased(settings: Settings, keys: pd.DataFrame, erased_date: dt.date) -> pd.DataFrame:
    """Add hashes (erased_key, kind_code) to the list, whole or not at all; return the list.

    A hash that stands on it already keeps its day.
    """
    mark = pd.DataFrame([mark_of(read_key(settings.linkage))], columns=["erased_key", "kind_code"])
    day = pd.Timestamp(erased_date).as_unit("s")
    new = pd.concat([mark, keys], ignore_index=True).assign(erased_date=day)
    old = read_erased(settings)
    every = pd.concat([old, new], ignore_index=True) if len(old) else new
    every = every.drop_duplicates("erased_key").sort_values("erased_key", ignore_index=True)
    store.write(settings.root, "erased", every)
    return every


@contextmanager
def erased_people(settings: Settings, erased: pd.DataFrame) -> Iterator[Knows]:
    """Give a function that says which rows of a canonical table are of erased people."""
    if erased.empty:
        yield lambda rows, table_name: np.zeros(len(rows), bool)
        return
    key = read_key(settings.linkage)
    with open_database(settings.linkage, settings.root / "data") as connection:
        load_erased(
            connection, erased["erased_key"], country_code=settings.campaign.country_code)
        yield lambda rows, table_name: is_erased(connection, rows, table_name, key=key)
