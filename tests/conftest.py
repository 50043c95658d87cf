"""What several test files share: one browser and one built campaign for all of them."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

# `make` names this repository's; each campaign of a test has one of its own.
os.environ.pop("DVC_SITE_CACHE_DIR", None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip the studies whose code is as it was when they last passed (see studies.py)."""
    from studies import choice, recorded

    known = {} if choice() else recorded()
    for item in items:
        mark = item.get_closest_marker("study")
        if mark and known.get(item.name) == _fingerprint(item, mark):
            item.add_marker(pytest.mark.skip(reason="its code is as it was when it last passed; "
                                             "WORKBENCH_STUDIES=all runs it"))


def _fingerprint(item: Any, mark: pytest.Mark) -> str:
    from studies import fingerprint

    return fingerprint(item.path, item.originalname, mark.args)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: Any, call: Any) -> Iterator[None]:
    """Write down a study that passed, where that is asked for."""
    from studies import choice, record

    outcome = yield
    mark = item.get_closest_marker("study")
    if mark and call.when == "call" and choice() == "record" and outcome.get_result().passed:
        record({item.name: _fingerprint(item, mark)})


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One browser for all tests: two would need an event loop each."""
    from playwright.sync_api import sync_playwright
    from test_browser import CHROMIUM, FLAGS

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Path]:
    """One small campaign, built from a clone to its index, for slow tests alone: to be read.

    The first process of the run that asks for it builds it; the others wait. A test that changes
    a file works on a copy of its own; at the end it is asked whether one did not, since the next
    test would fail in its stead, or not, by the order of the files.
    """
    from made_built import build, file_times

    own = tmp_path_factory.getbasetemp()
    folder = (own if worker_id == "master" else own.parent) / "built"
    folder.mkdir(exist_ok=True)
    root = folder / "campaign"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            build(root)
            (folder / "done").touch()
    before = file_times(root)
    yield root
    changed = sorted(name for name, _ in before ^ file_times(root))
    assert not changed, f"tests changed the campaign that all of them share: {changed[:10]}"


@pytest.fixture(autouse=True)
def free_to_read() -> Iterator[None]:
    """Leave no limit on what may be read to the next test, which runs in the same process."""
    from workbench.tables import store

    yield
    store.limit_reads(None)


@pytest.fixture(scope="module")
def in_stage() -> Iterator[None]:
    """Run notebooks as a stage of the pipeline does: what they write is the build's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DVC_STAGE", "a stage of a test")
        yield
