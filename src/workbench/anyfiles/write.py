"""Write the crosswalk: a row a row of every file, keys alone, whole or not at all."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pandas as pd

from workbench.errors import StorageError
from workbench.lists.cells import safe_cells
from workbench.people.anytables.link import LinkedFiles
from workbench.tables.whole import write_text

DECIMALS = 6


def crosswalk_of(keys: pd.DataFrame, linked: LinkedFiles) -> pd.DataFrame:
    """Return file, row_key, person, how and link_probability of every row, in order of keys.

    ``person`` is the file and key of the person's first row: the same for the same rows in
    any order. ``keys`` are in the order in which the rows were given.
    """
    rows = linked.rows.sort_values("row_order")
    number = rows["person"].to_numpy()
    _, first, which = np.unique(number, return_index=True, return_inverse=True)
    label = (keys["file"] + ":" + keys["row_key"]).to_numpy()
    return keys.assign(
        person=label[first][which], how=rows["how"].to_numpy(),
        link_probability=rows["link_probability"].round(DECIMALS).to_numpy())


def write_crosswalk(crosswalk: pd.DataFrame, path: Path) -> None:
    """Write the crosswalk as CSV that no spreadsheet takes for formulas."""
    sheet = io.StringIO()
    csv.writer(sheet, lineterminator="\n").writerows(safe_cells(crosswalk))
    try:
        write_text(path, sheet.getvalue())
    except OSError as error:
        raise StorageError(f"{path} could not be written ({error.strerror}). Name a folder that "
                           "is there and may be written to.") from error
