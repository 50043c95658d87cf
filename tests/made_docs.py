"""The examples of the documents as they are printed: blocks, rules in tables, commands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
PAGES = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").glob("*.md"))]
TOOLS = ("workbench", "dvc", "make", "python", "pytest", "git", "cp", "mkdir", "source")
FENCED = re.compile(r"(?ms)^```(\w*)\n(.*?)^```")
INLINE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
SETTING = re.compile(r"^[A-Z_]+=\S+ ")  # WORKBENCH_WARM=0 before a command
ELLIPSIS = "..."


@dataclass(frozen=True)
class Example:
    """One example: the page that prints it, its language (or ''), its text."""

    page: str
    language: str
    text: str


def blocks(*languages: str) -> list[Example]:
    """The fenced blocks of these languages, in the order of the pages."""
    return [Example(page.name, language, text) for page in PAGES
            for language, text in FENCED.findall(page.read_text(encoding="utf-8"))
            if language in languages]


def commands() -> list[Example]:
    """Every command line that a page prints, once a page: in blocks, indented and in lines."""
    found = {}
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for line in [*_lines_of_blocks(text), *INLINE.findall(FENCED.sub("", text))]:
            command = _bare(line)
            if command.split(" ")[0] in TOOLS and " " in command:
                found[page.name, command] = Example(page.name, "", command)
    return list(found.values())


def rules(page: str) -> dict[str, str]:
    """Rules in braces that stand in the first column of a table: rule to what it does."""
    rows = re.findall(r"(?m)^\| `(\{[^`]*\})` \| (.*) \|$", _text(page))
    return dict(rows)


def keys(page: str, heading: str) -> dict[str, str]:
    """Keys in the table below a heading, with the example in its last column."""
    part = _text(page).split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return dict(re.findall(r"(?m)^\| `(\w+)` \| .* \| `([^`]*)` \|$", part))


def _text(page: str) -> str:
    return next(p for p in PAGES if p.name == page).read_text(encoding="utf-8")


def _lines_of_blocks(text: str) -> list[str]:
    lines = [line for language, block in FENCED.findall(text) if language in ("", "console")
             for line in block.splitlines()]
    indented = re.findall(r"(?m)^    (\S.*)$", FENCED.sub("", text))
    return [line for line in [*lines, *indented] if not line.startswith(">")]


def _bare(line: str) -> str:
    """A command without its prompt, its comment and what is set before it."""
    return SETTING.sub("", re.sub(r"\s+#.*$", "", line.removeprefix("$ ").strip()))
