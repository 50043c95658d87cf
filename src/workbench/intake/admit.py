"""Admit a source: read it, check it, and write accepted rows, rows set aside and quality."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from workbench.checks import (
    Finding,
    Suite,
    conclude,
    import_engine,
    read_suite,
    refuse_unused,
    stop_words,
)
from workbench.deliveries import read_before
from workbench.intake.accepted import accepted_place, places_to_write
from workbench.intake.drift import drift_of
from workbench.intake.ledger import Ledger
from workbench.intake.loss import losses_of
from workbench.intake.parts import (
    n_workers_here,
    read_parts,
    share_read,
    unique_columns,
)
from workbench.intake.profile import profile_of
from workbench.intake.quality import Quality, quality_of
from workbench.intake.repeats import without_repeats
from workbench.intake.stop import judged, restore
from workbench.intake.sums import Sums
from workbench.progress import note
from workbench.settings import Settings
from workbench.sources import (
    SET_ASIDE,
    OpenedSource,
    open_source,
    refuse_other_order,
    refuse_several_contests,
    refuse_unmet_keep,
)
from workbench.tables import table_named, whole_file

_FEW_DIFFERENT = ("_code", "_date", "source_name", "file_name", "column_name", "explanation")


@dataclass(frozen=True)
class Admission:
    """The result of reading a source: its quality, and where its rows lie below the root."""

    source_name: str
    table_name: str
    accepted_path: Path
    set_aside_path: Path
    quality_path: Path
    quality: Quality


def admit(settings: Settings, source_name: str, *, n_workers: int | None = None) -> Admission:
    """Read and check one source, and write its three files below data/, whole or not at all.

    Rows in = accepted + set aside + refused + left out, for each file. A source whose expiry
    date is before the campaign's day is refused whole: its rows are counted and none is
    accepted. Where the source stops, its quality says so in ``stop``: its rows are refused, and
    the accepted rows of before stand. SourceError and SuiteError leave all as it was before.
    """
    source = settings.source(source_name)
    refuse_unused(settings.root, settings.sources)
    suite = read_suite(
        settings.root, table_named(source.table), source_name, as_of=settings.campaign.as_of
    )
    opened = open_source(source, settings.root)
    refuse_several_contests(opened)
    standing = accepted_place(settings.root, source_name)
    paths = places_to_write(settings.root, source_name)
    is_expired = source.expiry_date < settings.campaign.as_of
    with ExitStack() as stack:
        accepted, set_aside, told = (stack.enter_context(whole_file(path)) for path in paths)
        if is_expired:
            sums = _refused(opened, (accepted, set_aside))
            quality = quality_of(opened, sums, (), is_expired=True)
        else:
            workers = n_workers_here() if n_workers is None else n_workers
            sums, findings = _written(opened, suite, (accepted, set_aside), workers)
            quality = judged(
                settings, quality_of(opened, sums, findings, is_expired=False), sums.losses,
                (accepted, standing), failed=stop_words(findings, source_name=source_name))
        if quality.stop:
            restore(standing, accepted, suite.table.schema())
        elif not is_expired:
            quality = compared(settings, quality, accepted)
        told.write_text(quality.as_json(), encoding="utf-8", newline="\n")
    return Admission(source_name, source.table, *paths, quality)


def compared(settings: Settings, quality: Quality, accepted: Path) -> Quality:
    """Return the quality with the profile of its accepted rows, and what changed since before."""
    before = read_before(settings.root, quality.source_name)
    table = table_named(quality.table_name)
    filled = {str(one["column_name"]): int(one["n_filled"]) for one in quality.columns}
    profile = profile_of(accepted, table, filled, cell_min=settings.disclosure.cell_min)
    return replace(
        quality, profile={**profile, "file_digest": before["file_digest"]},
        drift=drift_of(before["profile"], profile, table, settings),
        has_before=bool(before["profile"]))


def _written(
    opened: OpenedSource, suite: Suite, drafts: tuple[Path, Path], n_workers: int
) -> tuple[Sums, tuple[Finding, ...]]:
    """Write the rows that fit and those set aside; return their sums and the findings."""
    import_engine()
    sums = Sums(losses_of(opened))
    ledgers = {columns: Ledger(columns) for columns in unique_columns(suite)}
    with _writer(drafts[0], suite.table.schema()) as kept, _writer(drafts[1], SET_ASIDE) as aside:
        for part in read_parts(opened, suite, n_workers=n_workers):
            unique = without_repeats(opened, suite, part, ledgers)
            _write(kept, unique.batch.accepted)
            _write(aside, unique.batch.set_aside)
            sums.add(unique)
            note(f"{sums.n_in.total():,} rows read", share_read(opened, part.chunk))
    refuse_unmet_keep(opened.preset.keep, sums.n_holding, opened.source.name)
    refuse_other_order(opened, sums.n_other_order, sums.n_dates)
    n_fit = sum(sums.n_accepted.values())
    return sums, conclude(suite, sums.n_checked, sums.n_failed, n_fit)


def _refused(opened: OpenedSource, drafts: tuple[Path, Path]) -> Sums:
    """Count the rows of a source that is refused whole, and write that none is accepted."""
    sums = Sums(losses_of(opened))
    for path, schema in zip(drafts, (opened.preset.table.schema(), SET_ASIDE), strict=True):
        _writer(path, schema).close()
    for chunk in opened.chunks():
        n_rows = opened.batch(chunk).n_rows
        sums.n_in[chunk.file_number] += n_rows
        sums.n_refused[chunk.file_number] += n_rows
    return sums


def _writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """Return a writer that looks for repeated values only where there are few different ones."""
    few = [field.name for field in schema if field.name.endswith(_FEW_DIFFERENT)]
    return pq.ParquetWriter(
        path, schema, compression="lz4", use_dictionary=few, write_statistics=False
    )


def _write(writer: pq.ParquetWriter, rows: pa.Table) -> None:
    if len(rows):
        writer.write_table(rows, row_group_size=len(rows))
