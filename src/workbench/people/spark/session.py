"""Start and stop Spark: quietly, offline, and so that nothing stays behind."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.engine import MB_PER_GB
from workbench.errors import EngineError
from workbench.people.spark.needs import FOLDER, check_spark, importable_pyspark
from workbench.settings import Linkage

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

HERE = "local"  # this machine, with linkage.n_threads
LEAST_HEAP_MB = 1000
# The memory limit is shared by Java, the parts that are worked on, and the database.
SHARES = 3
ROWS_OF_A_BATCH = 50_000
_LOG = """\
rootLogger.level = error
rootLogger.appenderRef.log.ref = log
appender.log.type = Console
appender.log.name = log
appender.log.target = SYSTEM_ERR
appender.log.layout.type = PatternLayout
appender.log.layout.pattern = %p %c: %m%n
"""


@dataclass(frozen=True)
class Spark:
    """Spark at work: its session, and a folder for what it hands over.

    ``memory_gb`` is what the database that it works for may take meanwhile, ``part_memory_mb``
    what one part may.
    """

    session: SparkSession
    folder: Path
    memory_gb: float
    part_memory_mb: int

    def path(self, name: str) -> str:
        """Return where the table ``name`` lies while it is handed over."""
        return str(self.folder / f"{name}.parquet")

    def read(self, name: str) -> DataFrame:
        """Return the table that was handed over under that name."""
        return self.session.read.parquet(self.path(name))

    def write(self, rows: DataFrame, name: str) -> DataFrame:
        """Hand over a table; what is made of it later does not make it again."""
        rows.write.parquet(self.path(name))
        return self.read(name)


@contextmanager
def open_spark(linkage: Linkage, folder: Path) -> Iterator[Spark]:
    """Start Spark for one build; EngineError where the machine lacks what it needs.

    Everything that it writes is below ``folder`` and gone at the end, and so is its process.
    """
    check_spark()
    folder.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".spark-", dir=folder.resolve()))
    try:
        with importable_pyspark(), _environment(), _running(
                _configuration(linkage, work), work) as session:
            share = linkage.memory_limit_gb / SHARES
            yield Spark(session, work, share, int(share * MB_PER_GB / linkage.n_threads))
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _configuration(linkage: Linkage, work: Path) -> dict[str, str]:
    for name in ("local", "tmp", "warehouse"):
        (work / name).mkdir()
    (work / "log4j2.properties").write_text(_LOG, encoding="utf-8")
    heap = max(LEAST_HEAP_MB, int(linkage.memory_limit_gb * MB_PER_GB / SHARES))
    is_here = linkage.spark_master == HERE
    return {
        "spark.master": f"local[{linkage.n_threads}]" if is_here else linkage.spark_master,
        "spark.app.name": "workbench spine",
        "spark.driver.memory": f"{heap}m",
        "spark.executor.memory": f"{heap}m",
        "spark.driver.extraJavaOptions":
            f'-Dlog4j2.configurationFile="{work}/log4j2.properties" -Djava.io.tmpdir="{work}/tmp"',
        "spark.local.dir": str(work / "local"),
        "spark.sql.warehouse.dir": str(work / "warehouse"),
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.execution.arrow.maxRecordsPerBatch": str(ROWS_OF_A_BATCH),
        "spark.sql.session.timeZone": "UTC",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    } | ({"spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "localhost"}
         if is_here else {})


@contextmanager
def _environment() -> Iterator[None]:
    """Set what Spark reads from the environment: this Python, and the package's own Spark.

    That it does not know the newest pandas is no concern here: rows go to it as Arrow.
    """
    import pyspark

    before = dict(os.environ)
    os.environ |= {
        "PYSPARK_PYTHON": sys.executable, "PYSPARK_DRIVER_PYTHON": sys.executable,
        "SPARK_HOME": str(Path(pyspark.__file__).parent),
        "PYTHONPATH": os.pathsep.join(filter(None, (str(FOLDER), before.get("PYTHONPATH")))),
    }
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas")
            yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def _running(configuration: dict[str, str], work: Path) -> Iterator[SparkSession]:
    """Start a session and stop it; what Java says goes to a file in ``work``."""
    from pyspark import SparkConf, SparkContext
    from pyspark.sql import SparkSession

    conf = SparkConf(loadDefaults=False).setAll(list(configuration.items()))
    with open(work / "spark.log", "wb") as log, _java(conf, log) as gateway:
        context = SparkContext(conf=conf, gateway=gateway)
        try:
            yield SparkSession(context)
        finally:
            context.stop()


@contextmanager
def _java(conf: Any, log: Any) -> Iterator[Any]:
    """Start a Java process and end it; give the gateway to it."""
    from pyspark import SparkContext

    gateway = _launch(conf, log)
    try:
        yield gateway
    finally:
        # A context that starts later must not take this Java to be its own.
        SparkContext._gateway = SparkContext._jvm = None
        gateway.shutdown()
        gateway.proc.stdin.close()
        gateway.proc.wait()


def _launch(conf: Any, log: Any) -> Any:
    """Return the gateway to a Java process of its own."""
    from pyspark.errors import PySparkRuntimeError
    from pyspark.java_gateway import launch_gateway

    try:
        return launch_gateway(conf, {"stdout": log, "stderr": log})
    except PySparkRuntimeError as error:
        said = Path(log.name).read_text(encoding="utf-8", errors="replace").split("\n")
        told = [line.strip() for line in said if line.strip() and not line.startswith("WARN")]
        raise EngineError(
            f"Spark did not start. What it said first is '{''.join(told[:1])[:300]}'. Correct it, "
            "or set engine: duckdb in params.yaml, which gives the same people.") from error
