"""Where the accepted rows of a source lie."""

from __future__ import annotations

from pathlib import Path

from workbench.errors import SourceError
from workbench.settings import Settings, Source


def accepted_path(settings: Settings, source: Source) -> Path:
    """Return where the accepted rows of a source lie; SourceError where none do yet."""
    path = settings.root / "data" / "accepted" / f"{source.name}.parquet"
    if not path.is_file():
        raise SourceError(
            f"data/accepted/{source.name}.parquet does not exist: the source '{source.name}' "
            "has not been checked yet. Run `dvc repro`, which checks it first."
        )
    return path
