"""The `workbench` command: it parses, calls, prints and exits."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from workbench.cli.commands import Command, add_command
from workbench.cli.pipeline import add_pipeline
from workbench.cli.versions import add_seal, add_versions
from workbench.errors import SettingsError, WorkbenchError
from workbench.pipeline.private import close_folders, owner_alone
from workbench.pipeline.running import OF_STAGE, check_of, running_source


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return 0, or the exit code of the error that a person can put right."""
    options = _parser().parse_args(arguments)
    command: Command = options.command
    try:
        with owner_alone():
            _close_campaign()
            command(options)
    except WorkbenchError as error:
        print(f"workbench: {error}", file=sys.stderr)
        _note(error)
        return error.exit_code
    except Exception as error:
        _note(error)
        raise
    return 0


def command_names() -> tuple[str, ...]:
    """Return the names of the commands, in order."""
    chosen = next(a for a in _parser()._actions if isinstance(a, argparse._SubParsersAction))
    return tuple(sorted(chosen.choices))


def _close_campaign() -> None:
    """Close the folders of the campaign that this is run in, if it is run in one."""
    from workbench.settings import find_root

    with suppress(SettingsError):
        close_folders(find_root())


def _note(error: Exception) -> None:
    from workbench.builds.failures import note_failure

    note_failure(error)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="workbench", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_commands_of_notebooks(commands)
    add_pipeline(commands)
    leaving = add_command(commands, "lists", _release,
                          "release a list that leaves, through the gate")
    leaving.add_argument("action", choices=["release"])
    leaving.add_argument("name", help="a list whose draft lies in data/lists")
    leaving.add_argument("--as-of", type=dt.date.fromisoformat, metavar="DATE",
                         help="today, where the build is of yesterday; campaign.as_of by default")

    suites = add_command(commands, "expectations", _draft, "draft an expectation suite")
    suites.add_argument("action", choices=["draft"])
    suites.add_argument("source", help="a source whose rows have been accepted")

    add_seal(commands)
    _add_commands_of_people(commands)
    add_versions(commands)
    add_command(commands, "dictionary", _dictionary, "print the data dictionary")
    return parser


def _add_commands_of_notebooks(
    commands: argparse._SubParsersAction[argparse.ArgumentParser]
) -> None:
    run = add_command(commands, "run", _run, "run a notebook; write its brief and headlines")
    run.add_argument("notebook", help="name of a notebook in notebooks/, without its ending")
    run.add_argument("-p", dest="parameters", metavar="KEY=VALUE", action="append", default=[],
                     help="a parameter of the notebook; repeat for more")
    run.add_argument("--name", help="name of the brief below reports/; the notebook's by default")
    run.add_argument(OF_STAGE, dest="is_of_stage", action="store_true",
                     help="check the source whose stage DVC runs; for dvc.yaml")

    pdf = add_command(commands, "pdf", _pdf, "print a brief as a tagged PDF")
    pdf.add_argument("brief", help="a brief below reports/, such as donors")
    pdf.add_argument("--paper", choices=["a4", "letter"], default="a4")
    pdf.add_argument("--out", metavar="FILE", type=Path,
                     help="where it goes; reports/pdf/BRIEF.pdf by default")

    strip = add_command(commands, "strip", _strip, "strip outputs from the notebooks")
    strip.add_argument("notebooks", nargs="*",
                       help="names, without their ending; all where none is given")


def _add_commands_of_people(
    commands: argparse._SubParsersAction[argparse.ArgumentParser]
) -> None:
    key = add_command(commands, "key", _key,
                      "make the secret that ids are made with; print its mark")
    key.add_argument("name", help="the key's name, as linkage.key_name in params.yaml has it")

    person = add_command(commands, "person", _person, "print everything held on one person")
    person.add_argument("person_id", help="the person's id, as crosswalk and lists have it")
    person.add_argument("--json", action="store_true", help="print JSON, empty columns as null")

    review = add_command(commands, "review", _review, "judge pairs of records, one after another")
    review.add_argument("--reviewer", default="", help="who judges, to be kept with the answers")
    review.add_argument("--date", default="", help="day of the answers, such as 2026-10-05")

    _add_link(commands)

    erase = add_command(commands, "erase", _erase, "erase people; say what still holds them")
    erase.add_argument("person_ids", metavar="PERSON_ID", nargs="*",
                       help="who; without one, take who was erased out of the raw files again")
    erase.add_argument("--dry-run", action="store_true", help="say what would go; write nothing")
    erase.add_argument("--date", metavar="YYYY-MM-DD",
                       help="day of the erasure; campaign.as_of by default")


def _add_link(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    link = add_command(commands, "link", _link,
                       "link the rows of any files; write their crosswalk")
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
    link.add_argument("--precision-min", metavar="SHARE", type=float, default=0.5,
                      help="share of links that are to be right at the least, by the model")
    link.add_argument("--country", metavar="CODE", default="",
                      help="where telephone numbers without a prefix are dialled, such as GB; "
                      "with --people the campaign's")
    link.add_argument("--people", action="store_true",
                      help="find the rows among the people of data/people instead")


def _run(options: argparse.Namespace) -> None:
    from workbench.briefs.parameters import parse_parameters
    from workbench.briefs.run import run_notebook
    from workbench.settings import load_settings
    from workbench.tables.trials import TRIALS, is_stage

    settings = load_settings()
    name, parameters = options.name, parse_parameters(options.parameters)
    if options.is_of_stage:
        name, parameters = check_of(settings.source(running_source()).name)
    page = run_notebook(settings, options.notebook, name=name, parameters=parameters)
    print(page.relative_to(settings.root))
    if not is_stage():
        print(f"A trial: its page and its tables lie in {TRIALS}, and the build's stay as they "
              "are. `dvc repro` builds.", file=sys.stderr)


def _pdf(options: argparse.Namespace) -> None:
    from workbench.briefs.paper import print_brief
    from workbench.settings import load_settings

    print(print_brief(load_settings(), options.brief, paper=options.paper, out=options.out))


def _strip(options: argparse.Namespace) -> None:
    from workbench.briefs.build import notebook_path
    from workbench.briefs.strip import strip_file
    from workbench.settings import load_settings

    root = load_settings().root
    every = sorted(path.stem for path in (root / "notebooks").glob("*.ipynb"))
    for name in options.notebooks or every:
        if strip_file(notebook_path(root, name)):
            print(f"stripped notebooks/{name}.ipynb")


def _release(options: argparse.Namespace) -> None:
    from workbench import lists
    from workbench.settings import load_settings
    from workbench.sources import forbidden_uses

    settings = load_settings()
    tally = lists.release_list(settings, options.name, today=dt.date.today(), as_of=options.as_of,
                               forbidden_uses=forbidden_uses(settings))
    print("\n".join(lists.tally_lines(tally, options.name)))


def _draft(options: argparse.Namespace) -> None:
    from workbench.intake import draft_expectations
    from workbench.settings import load_settings

    suite = draft_expectations(load_settings(), options.source)
    print(json.dumps(suite, indent=2, ensure_ascii=False))


def _key(options: argparse.Namespace) -> None:
    from workbench.pseudonyms import make_key

    print(f"key_fingerprint: {make_key(options.name)}")


def _person(options: argparse.Namespace) -> None:
    from workbench.people.held import held_on
    from workbench.people.held_words import held_json, held_text
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
    from workbench.anyfiles import Asked, link_paths, link_to_people
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

    for line in run_erase(load_settings(), options.person_ids, options.date, options.dry_run):
        print(line)


def _dictionary(options: argparse.Namespace) -> None:
    from workbench.tables import RESULTS, TABLES
    from workbench.tables.dictionary import data_dictionary

    print(data_dictionary([*TABLES.values(), *RESULTS.values()]), end="")
