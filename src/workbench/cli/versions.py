"""The commands that publish, compare and verify versions, and seal copies of briefs."""

from __future__ import annotations

import argparse
import datetime as dt
import sys

from workbench.cli.commands import CommandLine, Group
from workbench.progress import shown


def add_seal(line: CommandLine) -> None:
    seal = line.add(Group.PUBLISH, "seal", _seal, "seal a copy of a brief for each recipient")
    seal.add_argument("brief", nargs="?", help="a brief below reports/, such as donors")
    seal.add_argument("--to", dest="recipients", metavar="NAME", nargs="+", default=[],
                      help="who gets a copy; its words are shown here and nowhere else")
    seal.add_argument("--version", dest="release", metavar="VERSION", default="",
                      help="seal the brief of this published version; the one last built without")
    seal.add_argument("--check", action="store_true",
                      help="say which sealed copies are what they were; seal nothing")


def add_versions(line: CommandLine) -> None:
    line.add(Group.PUBLISH, "audit", _audit, "try to work out hidden numbers from all briefs")
    approve = line.add(Group.PUBLISH, "approve", _approve, "approve the briefs for publishing")
    approve.add_argument("-m", dest="note", metavar="NOTE", required=True,
                         help="what you checked, in a sentence")
    publish = line.add(Group.PUBLISH, "publish", _publish, "freeze the briefs as a version in git")
    publish.add_argument("-m", dest="note", metavar="NOTE", required=True,
                         help="why this version, in a sentence")
    publish.add_argument("--date", type=dt.date.fromisoformat, metavar="YYYY-MM-DD",
                         help="day of publishing; that of the last commit by default")
    publish.add_argument("--few", default="", metavar="WHY",
                         help="why it may leave though only a few people's rows are new")
    baseline = line.add(Group.PUBLISH, "baseline", _baseline,
                        "choose the version that briefs tell their change since")
    baseline.add_argument("version", metavar="VERSION", help="a version's id, or its 12 digits")
    compare = line.add(Group.PUBLISH, "compare", _compare, "compare two published versions")
    compare.add_argument("earlier", metavar="A", help="a version's id, or its 12 digits")
    compare.add_argument("later", metavar="B", help="another")
    compare.add_argument("--page", action="store_true",
                         help="write a page as well, reports/compared/A..B.html")
    verify = line.add(Group.PUBLISH, "verify", _verify,
                      "build a version again; compare every byte")
    verify.add_argument("version", metavar="VERSION", help="a version's id, or its 12 digits")


def _seal(options: argparse.Namespace) -> None:
    from workbench.sealing.command import check_copies, run_seal
    from workbench.settings import load_settings

    settings = load_settings()
    if options.check:
        lines = check_copies(settings.root)
    else:
        folder = None
        if options.release and options.brief:
            from workbench.releases.frozen import frozen_folder

            folder = frozen_folder(settings.root, options.release, options.brief)
        with shown("seal", settings.root):
            lines = run_seal(settings, options.brief, options.recipients,
                             is_terminal=sys.stdout.isatty(), folder=folder)
    print("\n".join(lines))


def _publish(options: argparse.Namespace) -> None:
    from workbench.releases.publish import publish
    from workbench.settings import load_settings

    day = options.date.isoformat() if options.date else ""
    settings = load_settings()
    told: list[str] = []
    try:
        with shown("publish", settings.root):
            release = publish(settings, options.note, date=day, few=options.few,
                              tell=told.append)
    finally:
        for line in told:
            print(line)
    print(f"Published {release}")


def _audit(options: argparse.Namespace) -> None:
    from workbench.briefs.audit_page import write_audit
    from workbench.errors import DisclosureError
    from workbench.settings import load_settings

    found, lines = write_audit(load_settings())
    if not found.is_clean:
        raise DisclosureError(" ".join(lines))
    print("\n".join(lines))


def _approve(options: argparse.Namespace) -> None:
    from workbench.releases.approval import approve
    from workbench.settings import load_settings

    print(f"Approved {approve(load_settings(), options.note)}. Push the commit.")


def _baseline(options: argparse.Namespace) -> None:
    from workbench.releases.baseline import move_baseline
    from workbench.settings import find_root

    print(f"The baseline is {move_baseline(find_root(), options.version)} now. Commit "
          "reports/baseline.json and reports/baseline.dvc, and run `dvc repro`: every brief "
          "tells its change again.")


def _compare(options: argparse.Namespace) -> None:
    from workbench.releases.compare import compare
    from workbench.settings import find_root, load_settings

    print("\n".join(compare(find_root(), options.earlier, options.later)))
    if options.page:
        from workbench.releases.compare_page import write_comparison

        print(write_comparison(load_settings(), options.earlier, options.later))


def _verify(options: argparse.Namespace) -> None:
    from workbench.releases.verify import verified_words, verify
    from workbench.settings import find_root

    root = find_root()
    with shown("verify", root):
        verdict = verify(root, options.version)
    print(verified_words(verdict))
