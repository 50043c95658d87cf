"""The `workbench` command: it parses, calls, prints and exits."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from workbench.cli.commands import Command, CommandLine, Group
from workbench.cli.notebooks import add_notebooks, add_pdf
from workbench.cli.pipeline import add_build, add_steps
from workbench.cli.versions import add_seal, add_versions
from workbench.errors import SettingsError, WorkbenchError
from workbench.people.anytables import PRECISION_MIN
from workbench.pipeline.private import close_folders, owner_alone
from workbench.progress import shown


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return 0, or the exit code of the error that a person can put right."""
    options = _parser().read(sys.argv[1:] if arguments is None else arguments)
    command: Command = options.command
    try:
        with owner_alone():
            _close_campaign()
            command(options)
    except WorkbenchError as error:
        print(f"workbench: {error}", file=sys.stderr)
        _note(error)
        return error.exit_code
    except BrokenPipeError:  # who read it went away, such as `head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception as error:
        _note(error)
        raise
    return 0


def command_names() -> tuple[str, ...]:
    """Return the names of the commands, in order."""
    return _parser().names


def _close_campaign() -> None:
    """Close the folders of the campaign that this is run in, if it is run in one."""
    from workbench.settings import find_root

    with suppress(SettingsError):
        close_folders(find_root())


def _note(error: Exception) -> None:
    from workbench.builds.failures import note_failure

    note_failure(error)


def _parser() -> CommandLine:
    """Return the commands; the help has those of a group in the order of these lines."""
    line = CommandLine()
    add_build(line)
    add_pdf(line)
    _add_commands_of_sources(line)
    _add_commands_of_people(line)
    leaving = line.add(Group.LISTS, "lists", _release, "release a list that leaves, through the "
                       "gate")
    leaving.add_argument("action", choices=["release"])
    leaving.add_argument("name", help="a list whose draft lies in data/lists")
    leaving.add_argument("--as-of", type=dt.date.fromisoformat, metavar="DATE",
                         help="today, where the build is of yesterday; campaign.as_of by default")
    add_versions(line)
    add_seal(line)
    _add_erase(line)
    add_notebooks(line)
    add_steps(line)
    return line


def _add_commands_of_sources(line: CommandLine) -> None:
    sources = line.add(Group.SOURCES, "sources", _sources,
                       "accept a source's file, for the next to be compared with")
    sources.add_argument("action", choices=["keep", "accept"])
    sources.add_argument("source", nargs="?", default="",
                         help="a source that params.yaml declares; that of the stage by default")
    suites = line.add(Group.SOURCES, "expectations", _draft,
                      "draft what the values of a source should be, for you to edit")
    suites.add_argument("action", choices=["draft"])
    suites.add_argument("source", help="a source whose rows have been accepted")
    dictionary = line.add(Group.SOURCES, "dictionary", _dictionary,
                          "print all tables, column by column, or all charts")
    dictionary.add_argument("--charts", action="store_true",
                            help="print the charts of workbench.figures and what each takes")


def _add_commands_of_people(line: CommandLine) -> None:
    key = line.add(Group.PEOPLE, "key", _key,
                   "make the secret that ids are made with; print its fingerprint")
    key.add_argument("name", help="the key's name, as linkage.key_name in params.yaml has it")

    person = line.add(Group.PEOPLE, "person", _person, "print everything held on one person")
    person.add_argument("person_id", help="the person's id, as crosswalk and lists have it")
    person.add_argument("--json", action="store_true", help="print JSON, empty columns as null")

    review = line.add(Group.PEOPLE, "review", _review,
                      "judge whether two records are one person, pair after pair")
    review.add_argument("--reviewer", default="", help="who judges, to be kept with the answers")
    review.add_argument("--date", default="", help="day of the answers, such as 2026-10-05")

    _add_link(line)
    accepted = line.add(Group.PEOPLE, "people", _people, "accept the ids that linking proposes")
    accepted.add_argument("action", choices=["accept"])


def _add_erase(line: CommandLine) -> None:
    erase = line.add(Group.PUBLISH, "erase", _erase, "erase people; say what still holds them")
    erase.add_argument("person_ids", metavar="PERSON_ID", nargs="*",
                       help="who; without one, take who was erased out of the raw files again")
    erase.add_argument("--dry-run", action="store_true", help="say what would go; write nothing")
    erase.add_argument("--date", metavar="YYYY-MM-DD",
                       help="day of the erasure; campaign.as_of by default")


def _add_link(line: CommandLine) -> None:
    link = line.add(Group.PEOPLE, "link", _link,
                    "find who is who in any files; write a crosswalk of their keys")
    link.add_argument("files", metavar="FILE", nargs="+", type=Path, help="CSV or Parquet")
    link.add_argument("--map", dest="mapping", metavar="MAPPING", type=Path,
                      help="YAML that says what the columns are, see docs/linking.md")
    link.add_argument("--out", metavar="CSV", type=Path, default=Path("crosswalk.csv"),
                      help="where the crosswalk goes; crosswalk.csv by default")
    link.add_argument("--pairs", metavar="CSV", type=Path,
                      help="where the links and near misses go, side by side with their reasons")
    link.add_argument("--chart", metavar="HTML", type=Path,
                      help="where a page with the chart of links by cut goes")
    link.add_argument("--review", metavar="CSV", type=Path,
                      help="judge pairs, one after another; the answers are kept there")
    link.add_argument("--precision-min", metavar="SHARE", type=float, default=PRECISION_MIN,
                      help="share of links that are to be right at the least by the model's own "
                      f"estimate; {PRECISION_MIN} by default")
    link.add_argument("--country", metavar="CODE", default="",
                      help="where telephone numbers without a prefix are dialled, such as GB; "
                      "with --people the campaign's")
    link.add_argument("--people", action="store_true",
                      help="find the rows among the people of data/people instead")


def _release(options: argparse.Namespace) -> None:
    from workbench import lists
    from workbench.settings import load_settings
    from workbench.sources import forbidden_uses

    settings = load_settings()
    tally = lists.release_list(settings, options.name, today=dt.date.today(), as_of=options.as_of,
                               forbidden_uses=forbidden_uses(settings))
    print("\n".join(lists.tally_lines(tally, options.name)))


def _sources(options: argparse.Namespace) -> None:
    from workbench.deliveries import accept_file, keep_before
    from workbench.pipeline.running import running_source
    from workbench.settings import load_settings

    settings, source = load_settings(), options.source or running_source()
    if options.action == "keep":
        keep_before(settings, source)
    else:
        print(accept_file(settings, source))


def _draft(options: argparse.Namespace) -> None:
    from workbench.intake import draft_expectations
    from workbench.settings import load_settings

    suite = draft_expectations(load_settings(), options.source)
    print(json.dumps(suite, indent=2, ensure_ascii=False))


def _key(options: argparse.Namespace) -> None:
    from workbench.pseudonyms import make_key

    print(f"key_fingerprint: {make_key(options.name)}")


def _people(options: argparse.Namespace) -> None:
    from workbench.settings import load_settings
    from workbench.spine import accept_registry

    print(accept_registry(load_settings()))


def _person(options: argparse.Namespace) -> None:
    from workbench.people.subject_access import held_on
    from workbench.people.subject_access_words import held_json, held_text
    from workbench.settings import load_settings

    held = held_on(load_settings().root, options.person_id)
    print(held_json(held) if options.json else held_text(held), end="\n" if options.json else "")


def _review(options: argparse.Namespace) -> None:
    from workbench.people.answers import ANSWERS_FILE, read_day
    from workbench.people.judge import judge_pairs
    from workbench.settings import load_settings

    n_given = judge_pairs(load_settings().root, ask=input, tell=print,
                          reviewer_name=options.reviewer, answer_date=read_day(options.date))
    print(f"\n{n_given} answers added to {ANSWERS_FILE}")


def _link(options: argparse.Namespace) -> None:
    from workbench.anyfiles.people import link_to_people
    from workbench.anyfiles.run import Asked, link_paths
    from workbench.settings import load_settings

    def tell(line: str) -> None:
        print(line, file=sys.stderr)

    asked = Asked(options.files, options.mapping, options.out, options.precision_min,
                  options.pairs, options.country, options.chart, options.review)
    if options.people:
        link_to_people(asked, settings=load_settings(), tell=tell)
    else:
        link_paths(asked, tell=tell)


def _erase(options: argparse.Namespace) -> None:
    from workbench.erase.words import run_erase
    from workbench.settings import load_settings

    settings = load_settings()
    with shown("erase", settings.root):
        lines = list(run_erase(settings, options.person_ids, options.date, options.dry_run))
    print("\n".join(lines))


def _dictionary(options: argparse.Namespace) -> None:
    from workbench.tables import RESULTS, TABLES
    from workbench.tables.dictionary import data_dictionary

    if options.charts:
        from workbench.figures.reference import charts_page

        print(charts_page(), end="")
        return
    print(data_dictionary([*TABLES.values(), *RESULTS.values()]), end="")
