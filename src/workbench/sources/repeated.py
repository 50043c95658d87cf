"""Headers among the rows: one that comes again is no row, another one begins another table."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from workbench.sources.heading import folded
from workbench.sources.layout import Layout

Numbers = npt.NDArray[np.int64]
FEWEST_NAMES = 2


def headers_again(columns: Mapping[str, pa.Array], layout: Layout) -> tuple[Numbers, Numbers]:
    """Return which rows repeat the header, and which hold its names in other places.

    A row repeats it where every needed field holds its own column's name. It is another header
    where all of them, or two thirds and three at the least, hold different names of columns.
    """
    nothing = np.empty(0, np.int64)
    names = {folded(name) for name in layout.names if name}
    likely = nothing
    for values in list(columns.values())[:FEWEST_NAMES]:
        likely = np.union1d(likely, _holding(values, layout.names))
    if not len(likely):
        return nothing, nothing
    found = {name: [folded(text.as_py() or "") for text in values.take(likely)]
             for name, values in columns.items()}
    own = {name: folded(layout.names[place]) for name, place in layout.places.items()}
    is_again = np.array([all(found[name][at] == own[name] for name in own)
                         for at in range(len(likely))])
    n_names = np.array([len({found[name][at] for name in own} & names)
                        for at in range(len(likely))])
    fewest = min(max(3, 2 * len(own) / 3), max(2, len(own)))
    is_other = ~is_again & (n_names >= fewest)
    return likely[is_again], likely[is_other]


def _holding(values: pa.Array, names: tuple[str, ...]) -> Numbers:
    """Return the rows whose text is a column's name."""
    wanted = pa.array(sorted({name.casefold() for name in names if name} | {*names}), pa.string())
    is_coded = pa.types.is_dictionary(values.type)
    is_wanted = pc.is_in(values.dictionary if is_coded else values, wanted)
    if not pc.any(is_wanted).as_py():
        return np.empty(0, np.int64)
    is_wanted = is_wanted.take(values.indices) if is_coded else is_wanted
    return np.flatnonzero(pc.fill_null(is_wanted, False).to_numpy(zero_copy_only=False))
