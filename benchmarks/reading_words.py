"""Words and codes that a brief must not show, and where a line of a page shows them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

Line = dict[str, str]

# Sources: STYLE.md, "Plain words"; BRIEFS.md, points 2, 9 and 10; issue 22, points 1, 3, 4 and 5.
BANNED = {
    "foretell, foretold": r"foretell\w*|foretold",
    "held against": r"held against",
    "beside": r"beside",
    "by lot": r"by lot",
    "dealt": r"dealt",
    "anew": r"anew",
    "mend": r"mend(s|ed|ing)?",
    "told": r"told",
    "came": r"came",
    "naught": r"naught",
    "beliefs": r"beliefs?",
    "whom shall we": r"whom shall we",
    "it would surprise us if": r"(it )?would surprise us",
    "they are no donor's": r"no donor[’']s",
    "no earlier version": r"no earlier version",
    "nothing to list": r"nothing to list",
    "Turnout differs from one election to the next": r"turnout differs from one election",
    "Women outnumber men": r"women outnumber men",
    "The largest group: leave alone": r"the largest group: leave alone",
}
# BRIEFS.md, point 10, and issue 22, point 5: no model names.
MODELS = (
    "logistic", "boosted", "boosting", "beta-binomial", r"bayes\w*", "poisson", "gamma", "pareto",
    "dirichlet", "regression", "random forest", "gradient", "splink", "fellegi", "mcmc",
    "negative binomial", "half-t", "auc", "bootstrap", "posterior",
)
HEADINGS_ONLY = {"whom in a heading": r"whom"}
BOTH_CURRENCIES = ("USD and $ on one page", re.compile(r"\bUSD\b"))
COLUMN = "column or parameter"
CODES = {
    "file": re.compile(
        r"[\w./-]*\w\.(?:csv|parquet|ya?ml|ipynb|json|py|html|tsv|xlsx|txt|toml|lock|db)\b"),
    "code": re.compile(
        r"\b[A-Z]{1,3}-?\d{2,}[A-Z]?\b|\b[A-Z]{2,}(?:-[A-Z0-9]{2,})+(?:-[A-Z0-9])?\b"),
    COLUMN: re.compile(r"\b[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)+\b"),
}
HASH = re.compile(r"[0-9a-f]{8,}")


def banned_words(lines: Iterable[Line]) -> Iterator[tuple[str, str]]:
    """Yield each banned word that is met, with the line in which it stands."""
    shown = list(lines)
    rules = BANNED | {f"model: {name}": name for name in MODELS}
    whole = {name: re.compile(rf"\b(?:{words})\b", re.I) for name, words in rules.items()}
    titles = {name: re.compile(rf"\b{words}\b", re.I) for name, words in HEADINGS_ONLY.items()}
    has_sign = any("$" in line["text"] for line in shown)
    for line in shown:
        here = whole | (titles if line["place"] == "heading" else {})
        here |= dict([BOTH_CURRENCIES]) if has_sign else {}
        for name, pattern in here.items():
            yield from ((name, line["text"]) for _ in pattern.finditer(line["text"]))


def codes_shown(lines: Iterable[Line], marked: Iterable[str]) -> dict[str, str]:
    """Return what kind each code is that lines show; ``marked`` are texts set as code.

    A hash is no code of the data.
    """
    found = {text: "set as code" for text in marked if not HASH.fullmatch(text)}
    for line in lines:
        for kind, pattern in CODES.items():
            met = set(pattern.findall(line["text"]))
            found |= {one: kind for one in sorted(met - found.keys())
                      if kind != COLUMN or not any(one in known for known in found)}
    return found
