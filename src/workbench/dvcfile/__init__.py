"""dvc.yaml as it follows from what stages and notebooks declare: `workbench pipeline`."""

from __future__ import annotations

from workbench.dvcfile.write import changes_of, write_pipeline

__all__ = ["changes_of", "write_pipeline"]
