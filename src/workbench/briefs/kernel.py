"""A notebook's kernel, forked from this process: what is imported here is imported there."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import Empty
from types import TracebackType
from typing import Any

from ipykernel.kernelapp import IPKernelApp
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.connect import write_connection_file
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner
from traitlets.config import Config

import workbench
from workbench.disclosure import open_ledger
from workbench.errors import WorkbenchError
from workbench.progress import send_notes

CAN_FORK = sys.platform == "linux"
"""Elsewhere fork is missing, or unsafe after system libraries were loaded: a kernel is spawned."""

PACKAGE_FOLDER = Path(workbench.__file__).parent
START_SECONDS = 60
FIRST_IMPORTS = ("pandas", "pyarrow.parquet")
PLAN_FILE, NOTE_FILE = "hide.json", "note.json"
TOLD = (WorkbenchError, SyntaxError, ImportError, NameError)  # whose texts hold no value


class ForkedProcess:
    """A forked child in the shape of ``subprocess.Popen``, which the kernel's provisioner asks."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int, started: int) -> None:
        self.pid = pid
        self.started = started
        self.returncode: int | None = None

    def wait_for_start(self) -> None:
        """Wait until the kernel has bound its sockets, or has ended."""
        os.read(self.started, 1)

    def poll(self) -> int | None:
        """Return the exit code, or None while the process runs."""
        if self.returncode is None:
            ended, status = os.waitpid(self.pid, os.WNOHANG)
            self.returncode = os.waitstatus_to_exitcode(status) if ended else None
        return self.returncode

    def wait(self) -> int:
        """Wait for the end of the process and return its exit code."""
        if self.returncode is None:
            self.returncode = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.returncode

    def kill(self) -> None:
        """End the process at once, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)


class PromptClient(AsyncKernelClient):
    """A client that is ready when the kernel has answered on both of its channels.

    jupyter_client's own waits until the kernel has been silent for 0.2 s, each time.
    """

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Ask the kernel until it answers; RuntimeError where it ended, or never answers."""
        for _ in range(int(timeout or START_SECONDS)):
            self.kernel_info()
            with suppress(Empty):
                self._handle_kernel_info_reply(await self.get_shell_msg(timeout=1))
                while not _is_idle(await self.get_iopub_msg(timeout=0.2)):
                    continue
                return
            if not await self.is_alive():
                break
        raise RuntimeError("the kernel did not start")


def _is_idle(message: dict[str, Any]) -> bool:
    return bool(message["content"].get("execution_state") == "idle")


class RunningKernel(AsyncKernelManager):
    """A kernel that runs already, so that papermill's client need not start it.

    ``folder`` holds its connection file, its sockets, and what it notes of where it stands.
    """

    process: Any
    folder: Path

    @property
    def note_file(self) -> Path:
        """The file that tells how far the running cell is, if it tells (workbench.progress)."""
        return self.folder / NOTE_FILE

    def run_in(self, process: ForkedProcess | subprocess.Popen[bytes]) -> None:
        """Say in which process the kernel runs."""
        self.process = process
        provisioner = LocalProvisioner(parent=self)
        provisioner.process = self.process
        self.provisioner = provisioner

    def client(self, **kwargs: Any) -> Any:
        """Return a client; one that connects too early would wait for its next attempt."""
        if isinstance(self.process, ForkedProcess):
            self.process.wait_for_start()
        return super().client(**kwargs)

    def stop(self) -> None:
        """End the kernel at once; it keeps nothing that would want saving."""
        self.process.kill()
        self.process.wait()


def start_kernel(folder: Path, *, hide: str = "", may_fork: bool = CAN_FORK) -> RunningKernel:
    """Start a kernel whose connection file and sockets lie in ``folder``, private and short.

    Call it before this process has a thread or an open event loop, for it may fork; else with
    ``may_fork`` False. ``hide`` is the plan of cells to hide beyond small ones.
    """
    connection_file = folder / "kernel.json"
    (folder / PLAN_FILE).write_text(hide, encoding="utf-8")
    write_connection_file(
        str(connection_file),
        ip=str(folder / "socket") if CAN_FORK else "127.0.0.1",
        transport="ipc" if CAN_FORK else "tcp",
        key=secrets.token_hex().encode(),
    )
    kernel = RunningKernel(client_factory=PromptClient)
    kernel.load_connection_file(str(connection_file))
    kernel.folder = folder
    kernel.run_in(_fork(connection_file) if may_fork else _spawn(connection_file))
    return kernel


def _fork(connection_file: Path) -> ForkedProcess:
    parent, (started, start) = os.getpid(), os.pipe()
    pid = os.fork()
    if pid:
        os.close(start)
        return ForkedProcess(pid, started)
    try:
        os.dup2(start, 3)
        os.closerange(4, 256)  # the connection to who asked, and the server's handles
        become_kernel(connection_file, parent, tell_start=lambda: os.close(3))
    finally:
        os._exit(1)


def _spawn(connection_file: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", __name__, str(connection_file), str(os.getpid())]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL)


def become_kernel(
    connection_file: Path, parent: int, *, tell_start: Callable[[], None] = lambda: None
) -> None:
    """Turn this process into a kernel; it ends when ``parent`` does.

    Nothing of a person's IPython set-up is read, no history is kept, and nothing reaches the
    terminal: all that cells print goes into the notebook.
    """
    silence = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(silence, stream)
    sys.argv = ["workbench"]
    os.environ["IPYTHONDIR"] = str(connection_file.parent / "ipython")
    config = Config()
    config.HistoryManager.enabled = False
    app = IPKernelApp.instance(
        config=config,
        connection_file=str(connection_file),
        parent_handle=parent,
        log_level="CRITICAL",
    )
    for name in FIRST_IMPORTS:
        __import__(name)
    open_ledger(connection_file.with_name(PLAN_FILE).read_text(encoding="utf-8"))
    app.initialize([])
    if app.shell and "matplotlib" in sys.modules:
        app.shell.enable_matplotlib("inline")
    _report_errors_safely(app.shell)
    send_notes(connection_file.with_name(NOTE_FILE))
    tell_start()
    app.start()


def _report_errors_safely(shell: Any) -> None:
    """Have a cell's error sent as a report that holds no value (see ``failure_report``)."""
    send = shell._showtraceback

    def send_report(kind: type[BaseException], error: BaseException, _: object) -> None:
        send(kind, "", [json.dumps(failure_report(error, error.__traceback__))])

    def show_error(*_: object, **__: object) -> None:
        error = sys.exc_info()[1]
        if error is not None:
            send_report(type(error), error, [])

    shell._showtraceback = send_report
    shell.showtraceback = show_error


def failure_report(error: BaseException, trace: TracebackType | None) -> dict[str, Any]:
    """Return what may be told of an error: its type, the cell's line and our own frames.

    The text of the error is told where it is a WorkbenchError, whose messages hold no
    person's values, and where it is about names in the code; that of any other may hold a value
    and is not.
    """
    steps = traceback.extract_tb(trace)
    own = [step for step in steps if Path(step.filename).is_relative_to(PACKAGE_FOLDER)]
    cell = [step.lineno for step in steps if "ipykernel" in Path(step.filename).parent.name]
    if isinstance(error, SyntaxError) and not cell:
        cell = [error.lineno]
    return {
        "kind": type(error).__name__,
        "message": _told(error),
        "is_ours": isinstance(error, WorkbenchError),
        "line": cell[0] or 0 if cell else 0,
        "frames": [f"{_module_path(step.filename)}:{step.lineno} {step.name}" for step in own],
    }


def _told(error: BaseException) -> str:
    """Return the text of an error that may be told; a SyntaxError's without its made-up file."""
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    return text if isinstance(error, TOLD) else ""


def _module_path(filename: str) -> str:
    return "workbench/" + Path(filename).relative_to(PACKAGE_FOLDER).as_posix()


if __name__ == "__main__":
    become_kernel(Path(sys.argv[1]), int(sys.argv[2]))
