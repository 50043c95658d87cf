"""Codes of digits that may have lost their leading zeros, by how long they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

COMMON_LENGTH_SHARE, MOST_SHORT_SHARE, MOST_ZEROS = 0.6, 0.3, 3
MOST_FAR_SHARE = 0.02  # that lack more zeros than MOST_ZEROS
FEWEST_CODES, FEWEST_POSTCODES = 20, 5
DENSE_SHARE, FEWEST_FIRST_DIGITS = 0.5, 7
_DIGITS = r"^\d{1,20}$"


def lengths_of_codes(text: pa.Array) -> pa.Array:
    """Return how many digits each code has; null where a text is no code of digits."""
    return pc.if_else(pc.match_substring_regex(text, _DIGITS), pc.binary_length(text), None)


def tally_of_codes(text: pa.Array, lengths: pa.Array) -> dict[str, int]:
    """Return how many codes of digits there are by length and first digit, as a shape.

    >>> codes = pa.array(["02138", "2139", "x"])
    >>> tally_of_codes(codes, lengths_of_codes(codes))
    {'2999': 1, '09999': 1}
    """
    is_code = lengths.is_valid()
    first = pc.utf8_slice_codeunits(text.filter(is_code), 0, 1).cast(pa.int64())
    kinds = first.to_numpy(zero_copy_only=False) + 10 * lengths.drop_null().to_numpy(
        zero_copy_only=False)
    counts = np.bincount(kinds.astype(np.int64)).tolist()
    return {str(kind % 10).ljust(kind // 10, "9"): n for kind, n in enumerate(counts) if n}


def short_codes(tally: Mapping[str, int], column_name: str) -> dict[str, int]:
    """Return the shapes of the codes that may lack zeros, with their numbers; none where not.

    Most codes have one length, the others are a little shorter. A postcode is of one length;
    any other code may be a number that grows, or one of 1, 2, 3 …: then none lacks zeros.
    """
    lengths: Counter[int] = Counter()
    for shape, count in tally.items():
        lengths[len(shape)] += count
    n_codes, longest = sum(lengths.values()), max(lengths, default=0)
    n_short = n_codes - lengths[longest]
    is_postcode = column_name == "postcode"
    fewest = FEWEST_POSTCODES if is_postcode else FEWEST_CODES
    is_common = lengths[longest] >= COMMON_LENGTH_SHARE * n_codes and n_codes >= fewest
    n_far = sum(n for length, n in lengths.items() if length < longest - MOST_ZEROS)
    is_near = longest >= 3 and n_far <= MOST_FAR_SHARE * n_codes
    if not n_short or not is_common or not is_near:
        return {}
    has_zeros = any(shape.startswith("0") and len(shape) == longest for shape in tally)
    if not is_postcode and not has_zeros and _are_numbers(tally, longest, n_short / n_codes):
        return {}
    return {"9" * length: n for length, n in sorted(lengths.items()) if length < longest}


def _are_numbers(tally: Mapping[str, int], longest: int, short_share: float) -> bool:
    """Return whether codes of which none begins with zero look like numbers that were counted.

    Counted numbers fill the shorter lengths, or begin with few digits where they are longest,
    or with high ones where they are one shorter (9,998, 9,999, 10,000).
    """
    first_of = {size: {shape[0] for shape in tally if len(shape) == size}
                for size in (longest - 1, longest)}
    n_next = sum(count for shape, count in tally.items() if len(shape) == longest - 1)
    return (
        short_share > MOST_SHORT_SHARE or len(first_of[longest]) < FEWEST_FIRST_DIGITS
        or n_next >= DENSE_SHARE * 9 * 10 ** (longest - 2)
        or min(first_of[longest - 1], default="9") > "4"
    )
