"""The commands of `workbench`: their groups, and the help that a person reads first."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from enum import StrEnum

from workbench import __version__
from workbench.errors import nearest_name

Command = Callable[[argparse.Namespace], None]
PROGRAM = "workbench"
ABOUT = "An analytics department in a repository, for political campaigns."
MORE = """\
'workbench COMMAND --help' tells the options of a command, docs/commands.md
what each is for."""
N_WIDE = 14


class Group(StrEnum):
    """What a person wants of a command, in the order in which the help has them."""

    LOOK = "Build and look"
    SOURCES = "Sources"
    PEOPLE = "People and linking"
    LISTS = "Lists"
    PUBLISH = "Publish and protect"
    NOTEBOOKS = "Notebooks"
    STEPS = "Steps of the pipeline, which a build runs for you"


class CommandLine(argparse.ArgumentParser):
    """The parser of the command line, whose help has the commands in groups, one line each."""

    def __init__(self) -> None:
        super().__init__(prog=PROGRAM)
        self.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
        self._commands = self.add_subparsers(
            required=True, metavar="COMMAND", parser_class=argparse.ArgumentParser)
        self._lines: dict[Group, dict[str, str]] = {group: {} for group in Group}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the commands, in the order of the alphabet."""
        return tuple(sorted(self._commands.choices))

    def add(self, group: Group, name: str, call: Command, text: str) -> argparse.ArgumentParser:
        """Return the parser of a new command, for its arguments."""
        parser = self._commands.add_parser(name, description=f"{text[:1].upper()}{text[1:]}.")
        parser.set_defaults(command=call)
        self._lines[group][name] = text
        return parser

    def format_help(self) -> str:
        """Return the usage, then every group with its commands."""
        groups = [
            "\n".join([group, *(f"  {name:{N_WIDE}}{text}" for name, text in lines.items())])
            for group, lines in self._lines.items()
        ]
        return "\n\n".join([self.format_usage().strip(), ABOUT, *groups, MORE]) + "\n"

    def read(self, arguments: Sequence[str]) -> argparse.Namespace:
        """Return what is asked for; without a command print the help, and end with code 2."""
        if not arguments:
            self.print_help()
            self.exit(2)
        name = arguments[0]
        if not name.startswith("-") and name not in self.names:
            self.error(f"there is no command {name[:60]!a}.{nearest_name(name, self.names)} "
                       f"'{PROGRAM}' alone lists them.")
        return self.parse_args(arguments)
