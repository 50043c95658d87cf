"""The command line tells what it can do, by what a person wants, and helps with a slip."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from workbench import __version__, cli
from workbench.cli.commands import Group

REPOSITORY = Path(__file__).parents[1]
TERMINAL_COLUMNS = 80


def workbench(*words, folder=REPOSITORY):
    """Run the command as a person does, in a process of its own."""
    code = "import sys; from workbench.cli import main; sys.exit(main())"
    return subprocess.run([sys.executable, "-c", code, *words], cwd=folder, capture_output=True,
                          text=True, check=False)


def test_the_help_has_every_command_once_in_a_group():
    told = workbench("--help").stdout
    assert sorted(re.findall(r"(?m)^  ([a-z]+) ", told)) == list(cli.command_names())
    assert [line for line in told.splitlines() if line in list(Group)] == list(Group)
    assert max(map(len, told.splitlines())) <= TERMINAL_COLUMNS


def test_without_a_command_the_help_is_printed_and_nothing_is_done():
    done = workbench()
    assert (done.returncode, done.stdout) == (2, workbench("--help").stdout)
    assert done.stderr == ""


@pytest.mark.parametrize(("slip", "meant"), [
    ("buidl", "build"), ("list", "lists"), ("expectation", "expectations"), ("runn", "run")])
def test_a_slip_in_a_command_gets_the_nearest_one(slip, meant):
    done = workbench(slip, "--json")
    assert done.returncode == 2
    assert f"there is no command '{slip}'. Did you mean '{meant}'?" in done.stderr


def test_a_command_that_is_like_none_gets_no_hint():
    assert "Did you mean" not in workbench("xyzzy").stderr


def test_the_version_is_that_of_the_package_and_needs_no_repository(tmp_path):
    declared = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]["version"]
    assert __version__ == declared
    assert workbench("--version", folder=tmp_path).stdout == f"workbench {declared}\n"


def test_a_command_says_what_it_does_in_its_own_help():
    told = workbench("verify", "--help").stdout
    assert "Build a version again; compare every byte." in told


def make(folder, *targets):
    command = ["make", "--no-print-directory", *targets]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_make_alone_says_what_it_can_do_and_installs_nothing(tmp_path):
    folder = tmp_path / "a campaign"
    folder.mkdir()
    shutil.copyfile(REPOSITORY / "Makefile", folder / "Makefile")
    told = make(folder)
    assert told == make(folder, "help")
    assert [path.name for path in folder.iterdir()] == ["Makefile"]
    rules = re.findall(r"(?m)^([a-z]+):(?!=)", (REPOSITORY / "Makefile").read_text())
    assert re.findall(r"(?m)^  make ([a-z]+) ", told) == rules
    assert max(map(len, told.splitlines())) <= TERMINAL_COLUMNS
