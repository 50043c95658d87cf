"""Linking on Spark: what does not fit one machine is parted, and each part is DuckDB's work."""
