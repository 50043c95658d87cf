"""Publishing freezes what was built, refuses what could not be built again, and chains its log."""

from __future__ import annotations

import json
import os
import re
import sys
from contextlib import contextmanager

import pytest
from made_campaign import PARAMS, make_campaign
from made_releases import SOURCE, build, change_rows, commit, make_repository, run, workbench

from workbench.errors import LogTampered, PublishRefused, SettingsError, VersionDiffers
from workbench.releases.changes import change_words
from workbench.releases.lock import publishing_lock
from workbench.releases.log import broken_entries, chained, find_release, parse_log, refuse_broken
from workbench.releases.ready import refuse_untracked
from workbench.settings import load_settings


def made_log(*notes):
    """A log with one entry a note."""
    entries = []
    for place, note in enumerate(notes):
        entry = {"release": f"2026-10-0{place + 1}-aaaa", "version": f"aaa{place}", "note": note,
                 "as_of": "2026-10-01", "date": "2026-10-01", "manifest": "0"}
        entries.append(chained(entries, entry))
    return entries


def made_content(value, *, rows=1, brief="donors"):
    """A manifest with one brief, one headline, one input and one parameter."""
    facts = {"files": {f"{brief}.html": value}, "headlines": {"n_donors": {"value": value}}}
    return {"briefs": {brief: facts}, "inputs": {"data/raw/a.csv": value}, "code": {"src/a.py": 1},
            "parameters": {"notebooks": {"count": {"n_rows": rows}}}}


def test_a_log_that_nobody_touched_holds():
    assert broken_entries(made_log("one", "two", "three")) == []


@pytest.mark.parametrize("place", [0, 1, 2])
def test_an_entry_that_was_altered_is_named(place):
    entries = made_log("one", "two", "three")
    entries[place]["note"] = "another"
    with pytest.raises(LogTampered, match=f"1 of 3 .*2026-10-0{place + 1}-aaaa"):
        refuse_broken(entries)


def test_an_entry_that_was_taken_out_breaks_the_next():
    entries = made_log("one", "two", "three")
    assert broken_entries([entries[0], entries[2]]) == ["2026-10-03-aaaa"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"releases": [{"release": "a"}]}',
                                  '{"releases": 1}', '{"releases": [1]}'])
def test_a_text_that_is_no_log_is_refused_with_the_cure(text):
    with pytest.raises(LogTampered, match="git log -p"):
        parse_log(text)


def test_a_release_is_found_by_id_or_version_and_the_nearest_is_named():
    entries = made_log("one", "two")
    assert find_release(entries, "aaa1") is find_release(entries, "2026-10-02-aaaa")
    with pytest.raises(SettingsError, match="Did you mean '2026-10-02-aaaa'"):
        find_release(entries, "2026-10-02-aaab")


def test_what_changed_is_told_by_name():
    assert change_words(None, made_content(1)) == ["First published version."]
    assert change_words(made_content(1), made_content(2, rows=5)) == [
        "Briefs changed: donors.", "Headlines moved: donors.n_donors.",
        "Inputs changed: data/raw/a.csv.", "Parameters changed: notebooks.count.n_rows."]
    assert change_words(made_content(1), made_content(1, brief="voters")) == [
        "New briefs: voters.", "Briefs gone: donors."]


def test_who_comes_second_is_told_who_holds_the_lock(tmp_path):
    held = pytest.raises(PublishRefused, match=r"process \d+.*Wait")
    with publishing_lock(tmp_path), held, publishing_lock(tmp_path):
        pass


@pytest.mark.parametrize(("part", "is_refused"), [("deps", True), ("outs", False)])
def test_a_raw_file_that_a_stage_only_reads_must_be_added_to_dvc(tmp_path, part, is_refused):
    make_campaign(tmp_path)
    (tmp_path / "params.yaml").write_text(PARAMS.replace("sources: {}\n", SOURCE))
    (tmp_path / "data/raw").mkdir(parents=True)
    (tmp_path / "data/raw/mine.csv").write_text("id,name\n")
    lock = f"stages: {{count: {{{part}: [{{path: data/raw/mine.csv, md5: a}}]}}}}\n"
    (tmp_path / "dvc.lock").write_text(lock)
    settings = load_settings(tmp_path)
    if not is_refused:
        refuse_untracked(settings)
        return
    with pytest.raises(PublishRefused, match=r"data/raw/mine\.csv.*dvc add"):
        refuse_untracked(settings)


@contextmanager
def altered(path):
    """Another byte in the middle of a file, with its size and its time of change kept."""
    content, told = path.read_bytes(), path.stat()
    path.chmod(0o644)
    middle = len(content) // 2
    path.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1:])
    os.utime(path, ns=(told.st_atime_ns, told.st_mtime_ns))
    yield
    path.write_bytes(content)
    os.utime(path, ns=(told.st_atime_ns, told.st_mtime_ns))


def cached(root, path):
    """The copy of a file in DVC's cache: the one with the same bytes."""
    return next(one for one in sorted((root / ".dvc/cache/files/md5").rglob("*"))
                if one.is_file() and one.read_bytes() == path.read_bytes())


def check_that_altered_bytes_are_refused(root):
    """On the page itself, and in the copy that DVC's cache keeps of it."""
    page = root / "reports/count.html"
    run(root, sys.executable, "-m", "dvc", "status", may_fail=True)  # it trusts what it has seen
    with altered(page):
        refused = workbench(root, "publish", "-m", "First")
    assert refused.returncode == PublishRefused.exit_code
    assert "reports/count.html" in refused.stderr
    with altered(cached(root, page)):
        page.unlink()
        run(root, sys.executable, "-m", "dvc", "checkout", "--quiet", "--force")
        refused = workbench(root, "publish", "-m", "First")
    assert "reports/count.html" in refused.stderr
    page.unlink()
    run(root, sys.executable, "-m", "dvc", "checkout", "--quiet", "--force")
    check_that_a_damaged_copy_in_the_cache_is_refused_and_its_cure_works(root)


def check_that_a_damaged_copy_in_the_cache_is_refused_and_its_cure_works(root):
    """The page itself is right; others would get the copy. So with a raw file."""
    for path in (root / "reports/count.html", root / "data/raw/mine.csv"):
        copy = cached(root, path)
        with altered(copy):
            refused = workbench(root, "publish", "-m", "First")
        assert refused.returncode == PublishRefused.exit_code
        told = " ".join(refused.stderr.split())
        assert f"damaged copies of 1 file, and others would get those: {path.relative_to(root)}" \
            in told
        assert str(copy.relative_to(root)) in told
        copy.unlink()
        run(root, sys.executable, "-m", "dvc", "commit", "--quiet", "--force")
        assert copy.read_bytes() == path.read_bytes()


def check_that_what_was_altered_of_a_version_is_told_without_a_build(root, release):
    """Page, log, manifest and the copy in DVC's cache."""
    page = root / "reports/published" / release / "count.html"
    for altered_file, told in (
            (page, "frozen output in this folder count.html differs"),
            (root / "reports/releases.json", "log entry"),
            (root / f"reports/published/{release}.json", "was altered in this folder"),
            (cached(root, page), "frozen output count.html")):
        with altered(altered_file):
            verified = workbench(root, "verify", release)
        assert verified.returncode == VersionDiffers.exit_code
        assert told in verified.stderr
        assert "building it again" not in verified.stderr


def check_that_a_failed_push_publishes_nothing(root, entry):
    """``entry`` is the one that the log has already."""
    before = run(root, "git", "rev-parse", "HEAD").stdout
    with open(root / ".dvc/config", "a") as config:
        config.write("['remote \"gone\"']\n    url = /proc/nowhere\n")
    commit(root, "A remote that cannot be reached")
    failed = workbench(root, "publish", "-m", "Second")
    assert failed.returncode != 0
    assert "Nothing was published" in failed.stderr
    assert run(root, "git", "log", "-2", "--format=%H").stdout.split()[1] == before.strip()
    assert len(list((root / "reports/published").glob("2026*.json"))) == 1
    assert json.loads((root / "reports/releases.json").read_text())["releases"] == [entry]


@pytest.mark.slow
def test_publishing_refuses_freezes_and_takes_back(tmp_path):
    root = make_repository(tmp_path / "campaign")
    build(root)
    (root / "notes.txt").write_text("not committed\n")
    dirty = workbench(root, "publish", "-m", "First")
    assert dirty.returncode == PublishRefused.exit_code
    assert "notes.txt" in dirty.stderr
    (root / "notes.txt").unlink()

    check_that_altered_bytes_are_refused(root)

    first = workbench(root, "publish", "-m", "First", "--date", "2026-10-06")
    assert first.returncode == 0, first.stderr
    assert "No DVC remote is set" in first.stdout
    assert re.findall(r"^publish: (.+)$", first.stderr, re.MULTILINE)[-1] == (
        "making the index, and committing")
    entry = json.loads((root / "reports/releases.json").read_text())["releases"][0]
    frozen = root / "reports/published" / entry["release"]
    assert (frozen / "count.html").read_bytes() == (root / "reports/count.html").read_bytes()
    assert entry["date"] == "2026-10-06"
    check_that_what_was_altered_of_a_version_is_told_without_a_build(root, entry["release"])
    assert run(root, "git", "tag").stdout.split() == [entry["release"]]
    assert run(root, "git", "status", "--porcelain").stdout == ""
    assert entry["release"] not in run(root, "git", "ls-files").stdout.replace(
        f"{entry['release']}.", "")
    assert "published already" in workbench(root, "publish", "-m", "Again").stderr

    change_rows(root, 50)
    stale = workbench(root, "publish", "-m", "Second")
    assert (stale.returncode, "count" in stale.stderr) == (PublishRefused.exit_code, True)

    build(root)
    check_that_a_failed_push_publishes_nothing(root, entry)
