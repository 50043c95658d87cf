"""Where the accepted rows of a source lie."""

from __future__ import annotations

from pathlib import Path

from workbench.errors import SourceError
from workbench.settings import Settings, Source
from workbench.tables.trials import place_to_write


def accepted_path(settings: Settings, source: Source) -> Path:
    """Return where the accepted rows of a source lie; SourceError where none do yet."""
    path = accepted_place(settings.root, source.name)
    if not path.is_file():
        raise SourceError(
            f"data/accepted/{source.name}.parquet does not exist: the source '{source.name}' "
            "has not been checked yet. Run `dvc repro`, which checks it first."
        )
    return path


def accepted_place(root: Path, source_name: str) -> Path:
    """Return where the build has the accepted rows of a source, whether they are there or not."""
    return root / _files_of(source_name)[0]


def places_to_write(root: Path, source_name: str) -> tuple[Path, Path, Path]:
    """Return where this process writes a source's accepted rows, rows set aside and quality."""
    accepted, set_aside, quality = (place_to_write(root, path) for path in _files_of(source_name))
    return accepted, set_aside, quality


def _files_of(source_name: str) -> tuple[str, str, str]:
    return (f"data/accepted/{source_name}.parquet", f"data/set_aside/{source_name}.parquet",
            f"data/quality/{source_name}.json")
