"""Names as numbered vocabularies: each with its misspellings, short forms and initials."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa

from workbench.sample.names import FEMALE, MALE, ORIGIN_SHARES, SHORT_FORMS
from workbench.sample.surnames import RARE_ENDS, RARE_STARTS, SURNAMES

N_TYPOS = 6
PLAIN_ASCII = N_TYPOS + 1
N_FORMS = N_TYPOS + 2
ORIGINS = tuple(ORIGIN_SHARES)
N_DOUBLE_BARRELLED = 240
ZIPF_SHIFT, ZIPF_POWER = 2.7, 0.9
NEAR_KEYS = dict(zip(
    "abcdefghijklmnopqrstuvwxyz",
    "s v xd f r g h j u k l k n m i o w t d y y c e c u x".replace(" ", ""),
    strict=False,
))


@dataclass(frozen=True)
class Vocabulary:
    """Numbered names. ``texts[code * N_FORMS + form]`` is a name as written.

    Form 0 is right, 1 to N_TYPOS are misspelt, PLAIN_ASCII lacks its diacritics.
    ``has_diacritics`` marks codes whose last form differs. ``handles`` are the names as they
    stand in e-mail addresses. ``pools`` gives codes and probabilities for a (sex, origin).
    ``short_codes`` has three short forms a name (its own code where it has none), and
    ``initial_codes`` the code of its initial.
    """

    texts: pa.Array
    handles: pa.Array
    has_diacritics: np.ndarray
    has_short: np.ndarray
    short_codes: np.ndarray
    initial_codes: np.ndarray
    pools: dict[tuple[str, str], tuple[np.ndarray, np.ndarray]]

    def written(self, codes: np.ndarray, forms: np.ndarray | int = 0) -> pa.Array:
        """Return the names of ``codes``; missing where a code is negative."""
        return chosen(self.texts, np.where(codes < 0, -1, codes * N_FORMS + forms))


def chosen(texts: pa.Array, codes: np.ndarray) -> pa.Array:
    """Return ``texts[codes]``, missing where a code is negative.

    >>> chosen(pa.array(["a", "b"]), np.array([1, -1])).to_pylist()
    ['b', None]
    """
    return texts.take(pa.array(codes, mask=codes < 0, type=pa.int64()))


def without_diacritics(text: str) -> str:
    """Return the text with its accents and special letters spelt out.

    >>> without_diacritics("Sørensen Núñez")
    'Sorensen Nunez'
    """
    spelt = text.replace("ø", "o").replace("Ø", "O").replace("ß", "ss")
    marks = unicodedata.normalize("NFKD", spelt)
    return "".join(c for c in marks if not unicodedata.combining(c))


def misspelt(name: str, rng: np.random.Generator) -> str:
    """Return the name with one slip: letters swapped, dropped, doubled, or a near key."""
    letters = list(name)
    slip = int(rng.integers(4)) if len(letters) > 2 else 3
    at = int(rng.integers(1, max(2, len(letters) - 1))) if len(letters) > 1 else 0
    if slip == 0:
        letters[at], letters[at - 1] = letters[at - 1].lower(), letters[at]
    elif slip == 1:
        del letters[at]
    elif slip == 2:
        letters.insert(at, letters[at])
    else:
        letters[at] = NEAR_KEYS.get(letters[at].lower(), "e")
    slipped = "".join(letters)
    return slipped[:1].upper() + slipped[1:] if slipped != name else name + "e"


def zipf(n: int) -> np.ndarray:
    """Return probabilities that fall with rank as names do (Zipf-Mandelbrot)."""
    weights = 1 / (np.arange(n) + 1 + ZIPF_SHIFT) ** ZIPF_POWER
    return weights / weights.sum()


@lru_cache(maxsize=1)
def given_names() -> Vocabulary:
    """Return the given names, their short forms and initials."""
    by_pool = {
        (sex, origin): list(dict.fromkeys(names.split()))
        for sex, lists in (("female", FEMALE), ("male", MALE))
        for origin, names in lists.items()
    }
    formal = list(dict.fromkeys(name for names in by_pool.values() for name in names))
    shorts = [short for texts in SHORT_FORMS.values() for short in texts.split()]
    initials = sorted({without_diacritics(name)[0] for name in formal + shorts})
    return _vocabulary(list(dict.fromkeys(formal + shorts + initials)), by_pool)


@lru_cache(maxsize=1)
def family_names() -> Vocabulary:
    """Return the family names: common ones, rare compounds and double-barrelled ones."""
    rng = np.random.default_rng(1)
    by_pool = {
        ("", origin): [name.replace("_", " ") for name in dict.fromkeys(names.split())]
        for origin, names in SURNAMES.items()
    }
    english, gaelic = by_pool["", "english"], by_pool["", "gaelic"]
    rare = [start + end for end in RARE_ENDS.split() for start in RARE_STARTS.split()]
    pairs = rng.integers(0, [[len(english), len(gaelic)]], (N_DOUBLE_BARRELLED, 2))
    doubles = [f"{english[a]}-{gaelic[b]}" for a, b in pairs]
    longer = english + list(rng.permutation(np.array(rare + doubles)))
    by_pool["", "english"] = list(dict.fromkeys(str(name) for name in longer))
    by_pool["", "gaelic"] = gaelic + english[:30]
    every = list(dict.fromkeys(name for names in by_pool.values() for name in names))
    return _vocabulary(every, by_pool)


def _vocabulary(names: list[str], by_pool: dict[tuple[str, str], list[str]]) -> Vocabulary:
    rng = np.random.default_rng(2)
    code = {name: i for i, name in enumerate(names)}
    texts: list[str] = []
    for name in names:
        texts += [name, *(misspelt(name, rng) for _ in range(N_TYPOS)), without_diacritics(name)]
    plain = [without_diacritics(name) for name in names]
    shorts = [SHORT_FORMS.get(name, name).split() if name in SHORT_FORMS else [name]
              for name in names]
    return Vocabulary(
        texts=pa.array(texts),
        handles=pa.array(["".join(c for c in p.lower() if c.isalnum()) for p in plain]),
        has_diacritics=np.array([p != n for p, n in zip(plain, names, strict=True)]),
        has_short=np.array([name in SHORT_FORMS for name in names]),
        short_codes=np.array([[code.get(s[i % len(s)], code[n]) for i in range(3)]
                              for n, s in zip(names, shorts, strict=True)]),
        initial_codes=np.array([code.get(p[0].upper(), code[n])
                                for n, p in zip(names, plain, strict=True)]),
        pools={pool: (np.array([code[name] for name in listed]), zipf(len(listed)))
               for pool, listed in by_pool.items()},
    )
