"""What Spark needs on a machine: its package and a Java that is new enough."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from workbench.errors import EngineError

# Great Expectations imports a pyspark that it can find, and pyspark then ends the process
# where its client for remote sessions is not there: so it lies where only Spark looks.
FOLDER = Path(sys.prefix, "spark")
PACKAGES = ("pyspark", "py4j")
LEAST_JAVA = 17
_ASKED = "params.yaml has engine: spark"
_OTHERWISE = "Or set engine: duckdb, which gives the same people."
_INSTALL_JAVA = (
    f"Install Java {LEAST_JAVA} or newer (Debian, Ubuntu, Windows with WSL: apt install "
    f"openjdk-{LEAST_JAVA}-jre-headless; macOS: brew install --cask temurin@{LEAST_JAVA}; "
    f"Windows: winget install EclipseAdoptium.Temurin.{LEAST_JAVA}.JRE) and run again."
)


def check_spark() -> None:
    """Return where Spark can start; EngineError says what is to be installed."""
    if not has_pyspark():
        raise EngineError(
            f"{_ASKED}, and the package pyspark is not installed. Install it with 'make spark' "
            f"(0.5 GB) and run again. {_OTHERWISE}")
    check_java()


def has_pyspark() -> bool:
    """Return whether the package of Spark is there, in its own folder or beside the others."""
    return Path(FOLDER, "pyspark").is_dir() or find_spec("pyspark") is not None


@contextmanager
def importable_pyspark() -> Iterator[None]:
    """Let pyspark be imported from its folder for a while, and forget it afterwards."""
    sys.path.append(str(FOLDER))
    try:
        yield
    finally:
        sys.path.remove(str(FOLDER))
        for name in [name for name in sys.modules if name.split(".")[0] in PACKAGES]:
            del sys.modules[name]


def check_java() -> None:
    """Return where Spark would find a Java that it can use, else EngineError."""
    home = os.environ.get("JAVA_HOME", "")
    where = "JAVA_HOME" if home else "PATH"
    java = str(Path(home, "bin", "java")) if home else "java"
    version = java_version(java)
    if version is None:
        raise EngineError(
            f"{_ASKED}, and there is no Java by {where} on this machine. "
            f"{_INSTALL_JAVA} {_OTHERWISE}")
    if version < LEAST_JAVA:
        raise EngineError(
            f"{_ASKED}, and the Java by {where} on this machine is version {version}. "
            f"{_INSTALL_JAVA} {_OTHERWISE}")


def java_version(java: str) -> int | None:
    """Return the main version of a Java, such as 17, or None where it does not run.

    Versions up to 8 call themselves 1.8 and the like.
    """
    found = shutil.which(java)
    if found is None:
        return None
    said = subprocess.run([found, "-version"], capture_output=True, text=True, check=False)
    version = re.search(r'version "(?:1\.)?([0-9]+)', said.stderr + said.stdout)
    return int(version[1]) if version and said.returncode == 0 else None
