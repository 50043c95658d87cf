"""YAML as people mean it: yes, no and days are texts, and a key is what stands there."""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import Any

import yaml

from workbench.errors import SettingsError

_TAG = "tag:yaml.org,2002:"
_NUMBER_TO_DVC = re.compile(
    r"[-+]?(?:0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)"
    r"|[-+]?(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9_]+)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?i:inf|nan)"
    r"|(?i:true|false)")


def _kind_to_dvc(key: yaml.ScalarNode) -> str:
    """Return what DVC takes a key for: a number (truth is one), nothing, or a text."""
    if key.style:
        return "text"
    if key.value in ("", "~", "null", "Null", "NULL"):
        return "nothing"
    return "number" if _NUMBER_TO_DVC.fullmatch(key.value) else "text"


_SAFE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # in C, six times as fast


class PlainLoader(_SAFE):
    """Reads true, false, null and plain numbers as such, and every other scalar as its text.

    DVC reads params.yaml by these rules too (YAML 1.2), so that both see one thing. A key is
    always its text, and a number that begins with 0 is a code.
    """

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """Return a mapping whose plain keys are texts; SettingsError where DVC cannot order them.

        DVC takes 1 for a number and null for nothing, and stops where texts stand beside them.
        """
        self.flatten_mapping(node)
        keys = [key for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        odd = [key for key in keys if _kind_to_dvc(key) != "text"]
        if odd and len({_kind_to_dvc(key) for key in keys}) > 1:
            raise SettingsError(
                f"Line {odd[0].start_mark.line + 1} of the YAML has {len(odd)} keys that are a "
                f"number or nothing, such as {odd[0].value!r:.20}, beside texts, and DVC cannot "
                "order them. Put all keys there in quotes."
            )
        for key in keys:
            key.tag = f"{_TAG}str"
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
TextLoader.add_implicit_resolver(f"{_TAG}merge", re.compile("^<<$"), ["<"])
for _kind, (_pattern, _first) in _SCALARS.items():
    PlainLoader.add_implicit_resolver(
        f"{_TAG}{_kind}", re.compile(f"^(?:{_pattern})$"), list(_first)
    )


def read_yaml(content: str | bytes) -> Any:
    """Return what files of DVC's say, by the rules of YAML 1.1; yaml.YAMLError where they do not.

    >>> read_yaml("a: {b: 01}")
    {'a': {'b': 1}}
    """
    return yaml.load(content, Loader=_SAFE)


def read_plain(text: str) -> Any:
    """Return what a YAML text says; yaml.YAMLError where it is none.

    >>> read_plain("{yes: [Y], '01': no, day: 2026-03-14, share: 0.5, n: 7}")
    {'yes': ['Y'], '01': 'no', 'day': '2026-03-14', 'share': 0.5, 'n': 7}
    """
    return yaml.load(text, Loader=PlainLoader)


def read_texts(text: str) -> Any:
    """Return what a YAML text says with every scalar as the text that stands there."""
    return yaml.load(text, Loader=TextLoader)
