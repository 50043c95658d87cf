"""A second person approves a version; the next build tells its change against it."""

from __future__ import annotations

import json

import pytest
from made_releases import build, change_rows, commit, make_repository, name_publisher, workbench

from workbench.errors import PublishRefused, SettingsError, StorageError, VersionDiffers
from workbench.releases.frozen import frozen_folder
from workbench.sealing.command import seal_brief
from workbench.settings import load_settings


def want_approvals(root, n_people):
    with open(root / "params.yaml", "a") as params:
        params.write(f"publishing: {{approvals_min: {n_people}}}\n")
    commit(root, "A second person reads what is published")


def forge_approval(root, release, person):
    """Commit, as who works here, an approval that says that it is another's."""
    path = root / f"reports/approvals/{release}/forged.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"release": release, "approved_by": person, "note": "Fine"}))
    commit(root, "Somebody else's word")


@pytest.mark.slow
def test_a_version_needs_its_approvals_and_is_the_baseline_of_the_next(tmp_path):
    root = make_repository(tmp_path / "campaign")
    want_approvals(root, 1)
    build(root)
    refused = workbench(root, "publish", "-m", "First")
    assert refused.returncode == PublishRefused.exit_code
    assert "0 of the 1 approvals" in refused.stderr

    own = workbench(root, "approve", "-m", "I read my own")
    assert own.returncode == 0, own.stderr
    release = own.stdout.split()[1].rstrip(".")
    forge_approval(root, release, "B. Second")
    assert "0 of the 1 approvals" in workbench(root, "publish", "-m", "First").stderr

    name_publisher(root, "B. Second")
    assert workbench(root, "approve", "-m", "Read and checked").returncode == 0
    name_publisher(root)
    published = workbench(root, "publish", "-m", "First")
    assert published.stdout.split()[-1] == release, published.stderr
    entry = json.loads((root / "reports/releases.json").read_text())["releases"][0]
    assert (entry["published_by"], entry["approved_by"]) == ("A. Lead", ["B. Second"])
    _tells_its_change(root, release)


def _tells_its_change(root, release):
    """Publish another version on the baseline of the first, and set the two side by side."""
    moved = workbench(root, "baseline", release)
    assert f"The baseline is {release} now" in moved.stdout
    commit(root, "Tell changes against the first version")
    change_rows(root, 50)
    build(root)
    page = (root / "reports/count.html").read_text()
    assert f"+10 since {release}" in page
    assert "Parameter n_rows: 50, was 40." in page
    assert "no change since" in page
    name_publisher(root, "B. Second")
    workbench(root, "approve", "-m", "Ten more rows")
    name_publisher(root)
    second = workbench(root, "publish", "-m", "Second").stdout.split()[-1]
    compared = workbench(root, "compare", release, second, "--page")
    assert compared.returncode == 0, compared.stderr
    text = (root / f"reports/compared/{release}..{second}.html").read_text()
    assert "1 headline moved between two versions" in text
    assert "<td" in text
    assert "+10" in text
    _is_sealed_as_it_was_frozen(root, release)


def _is_sealed_as_it_was_frozen(root, release):
    """Seal a copy of the first version, then spoil its frozen page: no copy of that is made."""
    settings = load_settings(root)
    manifest = root / f"reports/published/{release}.json"
    right = manifest.read_text(encoding="utf-8")
    manifest.write_text(right.replace("count", "counts", 1), encoding="utf-8")
    with pytest.raises(VersionDiffers, match=f"{release}.json is not what was published"):
        frozen_folder(root, release, "count")
    manifest.write_text(right, encoding="utf-8")
    folder = frozen_folder(root, release, "count")
    copy, = seal_brief(settings, "count", ["Ann Example"], folder=folder)
    assert copy.copy.version == json.loads((folder / "count.json").read_text())["version"]
    assert (root / copy.file).is_file()
    page = folder / "count.html"
    page.chmod(0o644)
    page.write_text(page.read_text().replace("40", "41", 1))
    with pytest.raises(VersionDiffers, match="count.html is not what was published"):
        frozen_folder(root, release, "count")
    page.unlink()
    with pytest.raises(StorageError, match="dvc pull"):
        frozen_folder(root, release, "count")
    with pytest.raises(SettingsError, match="has no brief 'counts'. Did you mean 'count'"):
        frozen_folder(root, release, "counts")
