"""One run of a notebook in a process of its own: takes a request, leaves a brief, replies."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import tempfile
import traceback
from collections.abc import Mapping
from pathlib import Path
from threading import Thread
from typing import Any, TextIO

import workbench
from workbench.briefs.address import short_folder
from workbench.briefs.environment import set_environment
from workbench.errors import WorkbenchError
from workbench.progress import shown

PREFIX = "workbench-kernel-"


def answer(asked: TextIO, reply: TextIO) -> None:
    """Read one request, carry it out, reply in one line of JSON, and end this process.

    When who asked goes away, the run ends at once with every process that it started.
    """
    request = json.loads(asked.readline())
    set_environment(request["environment"])
    os.chdir(request["root"])
    _sweep(short_folder())
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=short_folder()))
    try:
        outcome = _carry_out(request, asked, folder)
    except WorkbenchError as error:
        outcome = {"error": type(error).__name__, "message": str(error)}
    except Exception as error:
        outcome = {"error": "WorkbenchError", "message": _fault(error)}
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps(outcome), file=reply, flush=True)
    os._exit(0)


def _sweep(folder: Path) -> None:
    """Remove what runs that were killed left in the folder for temporary files."""
    for path in folder.glob(f"{PREFIX}*-*"):
        pid = path.name.removeprefix(PREFIX).partition("-")[0]
        if sys.platform == "linux" and not Path("/proc", pid).exists():
            shutil.rmtree(path, ignore_errors=True)


def _carry_out(request: Mapping[str, Any], asked: TextIO, folder: Path) -> dict[str, str]:
    from workbench.briefs.kernel import start_kernel

    kernel = start_kernel(folder)
    Thread(target=_end_with, args=(asked, folder), daemon=True).start()
    try:
        from workbench.briefs.build import build_brief, plan_run
        from workbench.settings import load_settings

        settings = load_settings(Path(request["root"]))
        run = plan_run(
            settings, request["notebook"], name=request["name"], options=request["options"]
        )
        with shown(run.brief, settings.root):
            return {"page": str(build_brief(settings, run, kernel))}
    finally:
        kernel.stop()


def _end_with(asked: TextIO, folder: Path) -> None:
    """Wait until who asked is gone, then end this process and those that it started."""
    asked.read()
    shutil.rmtree(folder, ignore_errors=True)
    if hasattr(os, "killpg"):
        os.killpg(os.getpgrp(), signal.SIGKILL)
    os._exit(1)


def _fault(error: Exception) -> str:
    """Tell a fault of our own by its type and place; its text may hold a person's values."""
    package = Path(workbench.__file__).parent
    steps = [
        step for step in traceback.extract_tb(error.__traceback__)
        if Path(step.filename).is_relative_to(package)
    ]
    frames = "".join(
        f"\n  at workbench/{Path(step.filename).relative_to(package).as_posix()}:{step.lineno} "
        f"{step.name}" for step in steps
    )
    return (
        f"The workbench itself stopped with {type(error).__name__}{frames}\n  This is a fault of "
        "the workbench and not of your data; report these lines. The last good brief still stands."
    )


def main() -> None:
    """Answer one request that comes on the standard input; reply on the standard output."""
    reply = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    answer(sys.stdin, reply)


if __name__ == "__main__":
    main()
