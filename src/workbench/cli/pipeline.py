"""The commands that run the pipeline, whole or one stage of it."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from workbench.cli.commands import add_command
from workbench.pipeline.running import running_source

if TYPE_CHECKING:
    from workbench.settings import Settings


def add_pipeline(
    commands: argparse._SubParsersAction[argparse.ArgumentParser]
) -> None:
    add_command(commands, "build", _build,
                "run the pipeline; where a stage fails, build all else and say what is missing")
    add_command(commands, "sample", _sample,
                "make the invented campaign's raw files and its truth")
    add_command(commands, "gather", _gather,
                "gather accepted rows into one file a canonical table")
    add_command(commands, "spine", _spine, "link all tables into people, with ids that stay")
    add_command(commands, "scores", _scores, "score everybody's support and turnout")
    people = add_command(commands, "people", _people, "accept the ids that linking proposes")
    people.add_argument("action", choices=["accept"])
    sources = add_command(commands, "sources", _sources,
                          "keep, or accept, what a source's files are compared with")
    sources.add_argument("action", choices=["keep", "accept"])
    sources.add_argument("source", nargs="?", default="",
                         help="a source that params.yaml declares; that of the stage by default")
    add_command(commands, "index", _index, "write reports/index.html")
    code = add_command(commands, "fingerprint", _fingerprint, "write what a stage's code is now")
    code.add_argument("stage", help="a stage of dvc.yaml whose output lies in data/code")


def _build(options: argparse.Namespace) -> None:
    from workbench.builds import build_all
    from workbench.settings import load_settings

    index = build_all(load_settings(), tell=print)
    print(f"\nThe briefs are built. Open this file in a browser:\n  {index}")


def _warn_of_key(settings: Settings) -> None:
    """Say on standard error that the key is the public one; `workbench build` stops for it."""
    from workbench.pseudonyms import public_key_words

    if told := public_key_words(settings):
        print(f"workbench: WARNING: {told} Until then nothing may leave.", file=sys.stderr)


def _sample(options: argparse.Namespace) -> None:
    from workbench.sample import make_campaign, write_campaign
    from workbench.settings import load_settings

    settings = load_settings()
    campaign = make_campaign(
        settings.sample.n_people, seed=settings.sample.seed,
        difficulty=settings.sample.difficulty, as_of=settings.campaign.as_of,
        polling_date=settings.campaign.polling_date,
    )
    data = settings.root / "data"
    write_campaign(campaign, data / "raw" / "sample", data / "truth" / "sample")


def _gather(options: argparse.Namespace) -> None:
    from workbench.intake import gather
    from workbench.settings import load_settings

    settings = load_settings()
    _warn_of_key(settings)
    rows = gather(settings)
    for source in rows[rows["n_erased"] > 0].itertuples():
        print(f"{source.source_name}: {source.n_erased:,} of {source.n_accepted:,} accepted rows "
              "are of erased people and left out")


def _spine(options: argparse.Namespace) -> None:
    from workbench.settings import load_settings
    from workbench.spine import make_people

    settings = load_settings()
    _warn_of_key(settings)
    make_people(settings)


def _scores(options: argparse.Namespace) -> None:
    from workbench.settings import load_settings
    from workbench.voters.scores import make_scores

    make_scores(load_settings())


def _people(options: argparse.Namespace) -> None:
    from workbench.settings import load_settings
    from workbench.spine import accept_registry

    print(accept_registry(load_settings()))


def _sources(options: argparse.Namespace) -> None:
    from workbench.deliveries import accept_file, keep_before
    from workbench.settings import load_settings

    settings, source = load_settings(), options.source or running_source()
    if options.action == "keep":
        keep_before(settings, source)
    else:
        print(accept_file(settings, source))


def _index(options: argparse.Namespace) -> None:
    from workbench.briefs.index import write_index
    from workbench.settings import load_settings

    write_index(load_settings())


def _fingerprint(options: argparse.Namespace) -> None:
    from workbench.briefs.versions import write_fingerprint
    from workbench.settings import find_root

    write_fingerprint(find_root(), options.stage)
