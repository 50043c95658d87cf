"""YAML as people mean it: yes, no and days are texts, and a key is what stands there."""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import Any

import yaml


class PlainLoader(yaml.SafeLoader):
    """Reads true, false, null and plain numbers as such, and every other scalar as its text.

    DVC reads params.yaml by these rules too (YAML 1.2), so that both see one thing. A key is
    always its text, and a number that begins with 0 is a code.
    """

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """Return a mapping whose plain keys are texts."""
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.tag != "tag:yaml.org,2002:merge":
                key.tag = "tag:yaml.org,2002:str"
        return super().construct_mapping(node, deep=deep)


class TextLoader(PlainLoader):
    """Reads every scalar as the text that stands there."""


_SCALARS = {
    "bool": (r"true|True|TRUE|false|False|FALSE", "tTfF"),
    "null": (r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    "int": (r"[-+]?(?:0|[1-9][0-9]*)", "-+0123456789"),
    "float": (r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?)"
              r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)", "-+0123456789."),
    "merge": (r"<<", "<"),
}
PlainLoader.yaml_implicit_resolvers = {}
TextLoader.yaml_implicit_resolvers = {}
TextLoader.add_implicit_resolver("tag:yaml.org,2002:merge", re.compile("^<<$"), ["<"])
for _kind, (_pattern, _first) in _SCALARS.items():
    PlainLoader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_kind}", re.compile(f"^(?:{_pattern})$"), list(_first)
    )


def read_plain(text: str) -> Any:
    """Return what a YAML text says; yaml.YAMLError where it is none.

    >>> read_plain("{yes: [Y], 01: no, day: 2026-03-14, share: 0.5, n: 7}")
    {'yes': ['Y'], '01': 'no', 'day': '2026-03-14', 'share': 0.5, 'n': 7}
    """
    return yaml.load(text, Loader=PlainLoader)


def read_texts(text: str) -> Any:
    """Return what a YAML text says with every scalar as the text that stands there."""
    return yaml.load(text, Loader=TextLoader)
