"""Linking on Spark: what does not fit one machine is parted, and each part is DuckDB's work."""

from __future__ import annotations

from workbench.people.spark.evidence import create_evidence_on_spark
from workbench.people.spark.needs import check_spark
from workbench.people.spark.session import open_spark

__all__ = ["check_spark", "create_evidence_on_spark", "open_spark"]
