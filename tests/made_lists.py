"""Two invented lists of one town with typing errors, shared homes and gaps, and who is who."""

from __future__ import annotations

import numpy as np
import pandas as pd

FIRST = ("ada", "bruno", "clara", "dmitri", "esther", "farid", "greta", "hugo", "imogen", "jonas",
         "katya", "leopold", "miriam", "nadia", "oscar", "petra", "quentin", "rosalind", "stefan",
         "tamsin")
LAST = ("abernathy", "bellweather", "castellan", "dunmore", "eastlake", "fairbrother", "galloway",
        "hargreave", "ironside", "jessop", "kettering", "lockhart", "merriweather", "nightingale",
        "osgood", "pemberton")
STREETS = ("harbour street", "mill lane", "station road", "chapel hill", "orchard way")
LETTERS = list("abcdefghijklmnopqrstuvwxyz")


def make_lists(n_homes: int, *, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return two lists with first_name, last_name, birth_date, address_line, postcode, id.

    The true person stands in ``who``, which no test may map. Every home has one to three
    people of one family name; two of three people are on both lists.
    """
    rng = np.random.default_rng(seed)
    rows: list[list[dict[str, str]]] = [[], []]
    for home in range(n_homes):
        last, street = rng.choice(LAST), rng.choice(STREETS)
        address = f"{rng.integers(1, 90)} {street}"
        for member, first in enumerate(rng.choice(FIRST, rng.integers(1, 4), replace=False)):
            born = (f"{rng.integers(1930, 2005)}-{rng.integers(1, 13):02d}-"
                    f"{rng.integers(1, 29):02d}")
            person = {"who": f"{home}.{member}", "first_name": first, "last_name": last,
                      "birth_date": born, "address_line": address,
                      "postcode": f"{10000 + home % 40}"}
            for number in (0, 1):
                if rng.random() < 0.82:
                    rows[number].append(_dirty(person, rng))
    lists = [pd.DataFrame(part).sample(frac=1, random_state=seed) for part in rows]
    return tuple(part.assign(id=[f"{letter}{n}" for n in range(len(part))])
                 for letter, part in zip("ab", lists, strict=True))


def _dirty(person: dict[str, str], rng: np.random.Generator) -> dict[str, str]:
    said = dict(person)
    for name in ("first_name", "last_name", "address_line"):
        if rng.random() < 0.12:
            at = int(rng.integers(len(said[name])))
            said[name] = said[name][:at] + str(rng.choice(LETTERS)) + said[name][at + 1:]
    for name, share in (("birth_date", 0.15), ("address_line", 0.08), ("first_name", 0.02)):
        said[name] = "" if rng.random() < share else said[name]
    return said


def pairwise(crosswalk: pd.DataFrame, who: pd.Series) -> tuple[float, float]:
    """Return precision and recall over pairs of rows; ``who`` is in the crosswalk's order."""
    both = pd.DataFrame({"person": crosswalk["person"].to_numpy(), "who": who.to_numpy()})
    right, made, true = (
        int((n * (n - 1) // 2).sum())
        for n in (both.value_counts(), both["person"].value_counts(), both["who"].value_counts()))
    return right / max(made, 1), right / max(true, 1)
