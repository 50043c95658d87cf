"""The commands of notebooks: run one, strip them, print the brief that one made."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from workbench.cli.commands import CommandLine, Group
from workbench.pipeline.running import OF_STAGE, check_of, running_source


def add_pdf(line: CommandLine) -> None:
    pdf = line.add(Group.LOOK, "pdf", _pdf, "print a brief as a tagged PDF")
    pdf.add_argument("brief", help="a brief below reports/, such as donors")
    pdf.add_argument("--paper", choices=["a4", "letter"], default="a4")
    pdf.add_argument("--out", metavar="FILE", type=Path,
                     help="where it goes; reports/pdf/BRIEF.pdf by default")


def add_notebooks(line: CommandLine) -> None:
    new = line.add(Group.NOTEBOOKS, "new", _new, "make a notebook with its stage and its test")
    new.add_argument("kind", choices=["notebook"])
    new.add_argument("name", help="lower-case letters, digits and '_', such as turnout_check")

    run = line.add(Group.NOTEBOOKS, "run", _run,
                   "run a notebook as a trial; the build stays as it is")
    run.add_argument("notebook", help="name of a notebook in notebooks/, without its ending")
    run.add_argument("-p", dest="parameters", metavar="KEY=VALUE", action="append", default=[],
                     help="a parameter of the notebook; repeat for more")
    run.add_argument("--name", help="name of the brief below reports/; the notebook's by default")
    run.add_argument(OF_STAGE, dest="is_of_stage", action="store_true",
                     help="check the source whose stage DVC runs; for dvc.yaml")

    strip = line.add(Group.NOTEBOOKS, "strip", _strip, "strip outputs from the notebooks")
    strip.add_argument("notebooks", nargs="*",
                       help="names, without their ending; all where none is given")


def _new(options: argparse.Namespace) -> None:
    from workbench.notebooks import make_notebook
    from workbench.settings import load_settings

    root = load_settings().root
    for path in make_notebook(root, options.name):
        print(path.relative_to(root))
    print(f"'dvc repro {options.name}' builds its brief; docs/briefs.md says how to go on.",
          file=sys.stderr)


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
