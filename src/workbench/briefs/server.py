"""The warm server: imports the heavy libraries once, then forks a process for every run."""

from __future__ import annotations

import fcntl
import gc
import importlib
import os
import signal
import socket
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Protocol

from workbench.briefs.address import server_address
from workbench.briefs.environment import keep_out_unwanted

IDLE_SECONDS = 60.0
LOOK_SECONDS = 1.0
HEAVY = (
    "workbench.briefs.worker",
    "workbench.briefs.run_cells",
    "workbench.briefs.build",
    "workbench.briefs.kernel",
    "pandas",
    "pyarrow.parquet",
    "workbench.briefs.render",
    "workbench.exhibits",
    "workbench.disclosure.secondary",
    "workbench.figures",
    "workbench.intake",
    "workbench.checks",
    "great_expectations",
    "duckdb",
)


def serve(root: Path, *, idle_seconds: float = IDLE_SECONDS) -> None:
    """Serve runs for the campaign in ``root`` until nobody has asked for ``idle_seconds``.

    It ends too when the code that it imported has changed, or when the folder is gone. Only
    one server lives at an address: it holds a lock on a file beside its socket.
    """
    address = server_address(root)
    if address is None:
        return
    sweep(address.parent)
    with open(address.with_suffix(".lock"), "wb") as lock:
        if not _is_locked(lock):
            return
        import_heavy()
        if not _is_current(root, address):  # the code changed while it was imported
            return
        address.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
            listener.bind(str(address))
            listener.listen()
            listener.settimeout(LOOK_SECONDS)
            _say_ready()
            Server(root, address, (listener, lock)).accept_runs(listener, idle_seconds)
        address.unlink(missing_ok=True)
        Path(lock.name).unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Remove what servers that were killed left in the folder: their sockets and locks."""
    for path in folder.glob("*.lock"):
        with suppress(OSError), open(path, "rb+") as lock:
            _remove_if_free(path, lock)


def import_heavy() -> None:
    """Import what notebooks and pages need; what is not installed is left to fail in its run."""
    keep_out_unwanted()
    for name in HEAVY:
        try:
            importlib.import_module(name)
        except ImportError:
            continue
    nbformat = sys.modules.get("nbformat")
    if nbformat:  # its first check of a notebook compiles the schema, 0.1 s
        nbformat.validate(nbformat.v4.new_notebook())
    gc.collect()
    gc.freeze()


def _remove_if_free(path: Path, lock: BinaryIO) -> None:
    if _is_locked(lock):
        path.with_suffix(".socket").unlink(missing_ok=True)
        path.unlink(missing_ok=True)


class Closable(Protocol):
    """A handle that can be closed."""

    def close(self) -> None:
        """Let go of the handle."""


@dataclass
class Server:
    """A listening server; ``inherited`` are the handles that its children must let go of."""

    root: Path
    address: Path
    inherited: tuple[Closable, ...]
    children: set[int] = field(default_factory=set)

    def accept_runs(self, listener: socket.socket, idle_seconds: float) -> None:
        """Fork a process for each run that is asked for, as long as the server is of use."""
        last_asked = time.monotonic()
        while self.children or time.monotonic() - last_asked < idle_seconds:
            if connection := _accept(listener):
                self.children.add(self._fork_run(connection))
                connection.close()
                last_asked = time.monotonic()
            elif self._is_outdated():
                return
            self._reap()

    def _is_outdated(self) -> bool:
        return not self.address.exists() or not _is_current(self.root, self.address)

    def _reap(self) -> None:
        self.children -= {pid for pid in self.children if os.waitpid(pid, os.WNOHANG)[0]}

    def _fork_run(self, connection: socket.socket) -> int:
        pid = os.fork()
        if pid:
            return pid
        try:
            from workbench.briefs.worker import answer

            for handle in self.inherited:
                handle.close()
            os.setsid()
            connection.settimeout(None)
            _, streams, _, _ = socket.recv_fds(connection, 1, 2)
            for stream, target in zip(streams, (1, 2), strict=True):
                os.dup2(stream, target)
                os.close(stream)
            answer(connection.makefile("r", encoding="utf-8"), connection.makefile("w"))
        finally:
            os._exit(1)


def _accept(listener: socket.socket) -> socket.socket | None:
    """Return the connection of the next who asks, or None where nobody does for a while."""
    try:
        return listener.accept()[0]
    except TimeoutError:
        return None


def _is_current(root: Path, address: Path) -> bool:
    """Tell whether the campaign is still there, and the code still what was imported."""
    return root.is_dir() and server_address(root) == address


def _is_locked(handle: BinaryIO) -> bool:
    """Take the lock of an open file; tell whether it is ours now."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _say_ready() -> None:
    """Tell who started the server that it listens, and let go of their stream."""
    with suppress(OSError):
        os.write(1, b"ready\n")
    silence = os.open(os.devnull, os.O_RDWR)
    os.dup2(silence, 1)


def main() -> None:
    """Leave the terminal and the process that started us, then serve."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.closerange(3, 256)
    if os.fork():
        os._exit(0)
    os.setsid()
    os.chdir("/")
    serve(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
