"""The commands that run the pipeline, whole or one step of it."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from typing import TYPE_CHECKING

from workbench.cli.commands import CommandLine, Group
from workbench.errors import SettingsError
from workbench.progress import shown

if TYPE_CHECKING:
    from workbench.settings import Settings


def add_build(line: CommandLine) -> None:
    status = line.add(Group.LOOK, "status", _status,
                      "what is out of date and why, and what waits for you")
    status.add_argument("--json", action="store_true", help="print JSON")
    line.add(Group.LOOK, "build", _build,
             "run what changed; where a step fails, build all else")
    pipeline = line.add(Group.LOOK, "pipeline", _pipeline,
                        "write dvc.yaml from what stages and notebooks declare")
    pipeline.add_argument("--check", action="store_true",
                          help="write nothing; fail where something would change")


def add_steps(line: CommandLine) -> None:
    line.add(Group.STEPS, "sample", _sample, "make the invented campaign's raw files")
    line.add(Group.STEPS, "gather", _gather, "gather accepted rows into one file a table")
    line.add(Group.STEPS, "spine", _spine, "link all tables into people, with ids that stay")
    line.add(Group.STEPS, "scores", _scores, "score everybody's support and turnout")
    line.add(Group.STEPS, "index", _index, "write reports/index.html")
    code = line.add(Group.STEPS, "fingerprint", _fingerprint, "write what a stage's code is now")
    code.add_argument("stage", help="a stage of dvc.yaml whose output lies in data/code")


def _status(options: argparse.Namespace) -> None:
    from workbench.settings import load_settings
    from workbench.status.look import look_at
    from workbench.status.words import status_lines

    status = look_at(load_settings(), dt.date.today())
    print(status.as_json() if options.json else "\n".join(status_lines(status)))


def _build(options: argparse.Namespace) -> None:
    from workbench.builds.whole import build_all
    from workbench.settings import load_settings

    index = build_all(load_settings(), tell=print)
    print(f"\nThe briefs are built. Open this file in a browser:\n  {index}")


def _pipeline(options: argparse.Namespace) -> None:
    from workbench.dvcfile import changes_of, write_pipeline
    from workbench.settings import find_root

    root = find_root()
    told = changes_of(root)[1] if options.check else write_pipeline(root)
    print("\n".join(told) or "dvc.yaml is as stages and notebooks declare it.")
    if options.check and told:
        raise SettingsError("dvc.yaml is not as declared, as said above. Run 'workbench "
                            "pipeline', which writes it.")


def _warn_of_key(settings: Settings) -> None:
    """Say on standard error that the key is the public one; `workbench build` stops for it."""
    from workbench.pseudonyms import public_key_words

    if told := public_key_words(settings):
        print(f"workbench: WARNING: {told} Until then nothing may leave.", file=sys.stderr)


def _sample(options: argparse.Namespace) -> None:
    from workbench.sample import make_campaign, write_campaign
    from workbench.settings import load_settings

    settings = load_settings()
    data = settings.root / "data"
    with shown("sample", settings.root):
        campaign = make_campaign(
            settings.sample.n_people, seed=settings.sample.seed,
            difficulty=settings.sample.difficulty, as_of=settings.campaign.as_of,
            polling_date=settings.campaign.polling_date,
        )
        write_campaign(campaign, data / "raw" / "sample", data / "truth" / "sample")


def _gather(options: argparse.Namespace) -> None:
    from workbench.intake import gather
    from workbench.settings import load_settings

    settings = load_settings()
    _warn_of_key(settings)
    with shown("gather", settings.root):
        rows = gather(settings)
    for source in rows[rows["n_erased"] > 0].itertuples():
        print(f"{source.source_name}: {source.n_erased:,} of {source.n_accepted:,} accepted rows "
              "are of erased people and left out")


def _spine(options: argparse.Namespace) -> None:
    from workbench.pipeline.reads import hold_to_declared
    from workbench.settings import load_settings
    from workbench.spine import make_people

    settings = load_settings()
    _warn_of_key(settings)
    hold_to_declared(settings.root)
    with shown("spine", settings.root):
        make_people(settings)


def _scores(options: argparse.Namespace) -> None:
    from workbench.pipeline.reads import hold_to_declared
    from workbench.settings import load_settings
    from workbench.voters.scores.make import make_scores

    settings = load_settings()
    hold_to_declared(settings.root)
    with shown("scores", settings.root):
        make_scores(settings)


def _index(options: argparse.Namespace) -> None:
    from workbench.briefs.index import write_index
    from workbench.settings import load_settings

    write_index(load_settings())


def _fingerprint(options: argparse.Namespace) -> None:
    from workbench.briefs.versions import write_fingerprint
    from workbench.settings import find_root

    write_fingerprint(find_root(), options.stage)
