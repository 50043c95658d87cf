"""Ask for a run of a notebook: of the warm server if one lives, else of a new process."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workbench import errors
from workbench.briefs.address import server_address
from workbench.briefs.environment import fixed_environment
from workbench.errors import WorkbenchError
from workbench.progress import end_line
from workbench.settings import Settings
from workbench.tables.trials import STAGE

SWITCH = "WORKBENCH_WARM"


def run_notebook(
    settings: Settings,
    notebook: str,
    *,
    name: str | None = None,
    parameters: Mapping[str, Any] | None = None,
    stage: str = "",
) -> Path:
    """Run ``notebooks/<notebook>.ipynb`` and leave its brief; return the path of the page.

    The brief is called ``name``, or else as the notebook. ``parameters`` go above those of
    params.yaml (``notebooks.<notebook>``). ``stage`` is the stage of dvc.yaml in whose place it
    runs, where DVC does not say so itself; without one it is a trial (see
    ``workbench.tables.trials``). Raises what the run raised: NotebookError for a
    notebook or parameter that is wrong, CellFailed for a cell that failed, or any
    WorkbenchError of the notebook's own work. A brief that stood before then still stands.
    """
    request = {
        "root": str(settings.root.resolve()),
        "notebook": notebook,
        "name": name,
        "options": dict(parameters or {}),
        "environment": {**os.environ, **({STAGE: stage} if stage else {})},
    }
    try:
        reply = _ask(settings.root, json.dumps(request) + "\n")
    except BaseException:  # such as Ctrl-C, which leaves the run's process no time
        end_line()
        raise
    if "error" in reply:
        kind: type[WorkbenchError] = getattr(errors, reply["error"], WorkbenchError)
        raise kind(reply["message"])
    return Path(reply["page"])


def start_server(root: Path) -> subprocess.Popen[bytes]:
    """Start the warm server of a campaign, if it has none.

    The process that is returned ends at once: the server lives on as a daemon, which writes
    a line to that process's output when it listens, or closes it where another one serves.
    """
    return subprocess.Popen(
        [sys.executable, "-m", "workbench.briefs.server", str(root.resolve())],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=fixed_environment(),
        start_new_session=True,
    )


def _ask(root: Path, line: str) -> dict[str, str]:
    """Return the reply to a request, from the warm server or else from a process of its own.

    Where there is no server, one is started for the runs to come; this run does not wait.
    """
    address = server_address(root) if os.environ.get(SWITCH, "1") != "0" else None
    if address is None:
        return _ask_own_process(line)
    if reply := _ask_server(address, line):
        return reply
    with start_server(root):
        return _ask_own_process(line)


def _ask_server(address: Path, line: str) -> dict[str, str]:
    """Return the warm server's reply; an empty one where there is no server or it broke off."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        try:
            connection.connect(str(address))
            socket.send_fds(connection, [b"\n"], [1, 2])
            connection.sendall(line.encode())
            return _reply(connection.makefile("r").readline())
        except OSError:
            return {}


def _ask_own_process(line: str) -> dict[str, str]:
    with subprocess.Popen(
        [sys.executable, "-m", "workbench.briefs.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=fixed_environment(),
        encoding="utf-8",
        start_new_session=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(line)
            process.stdin.flush()
            reply = _reply(process.stdout.readline())
        finally:
            process.stdin.close()
    if reply:
        return reply
    end_line()
    return {
        "error": "CellFailed",
        "message": "The run was ended from outside, perhaps for want of memory. Close other "
        "programs, or run on less data, and run again. The last good brief still stands.",
    }


def _reply(line: str) -> dict[str, str]:
    return json.loads(line) if line.endswith("\n") else {}
