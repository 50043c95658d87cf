"""A command of `workbench`: its name, its help, and what it calls."""

from __future__ import annotations

import argparse
from collections.abc import Callable

Command = Callable[[argparse.Namespace], None]


def add_command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, call: Command,
    text: str,
) -> argparse.ArgumentParser:
    """Return the parser of a new command, for its arguments."""
    parser = commands.add_parser(name, help=text, description=text)
    parser.set_defaults(command=call)
    return parser
