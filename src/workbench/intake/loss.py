"""What is lost with the rows of a source that do not fit: what share of rows, money and people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from workbench.intake.ledger import row_hashes
from workbench.settings import Intake, Settings
from workbench.sources import NO_ROWS, PERSON_COLUMNS, Batch, OpenedSource
from workbench.tables import Table

Hashes = npt.NDArray[np.uint64]
N_DIGITS = 4
N_ROWS_AT_ONCE = 1 << 14


@dataclass
class Money:
    """Money of a source's rows as it moved, whichever way: accepted, and lost as far as known."""

    accepted_minor: int = 0
    lost_minor: int = 0
    n_accepted: int = 0
    n_lost_known: int = 0
    n_lost: int = 0

    @property
    def lost_share(self) -> float:
        """The share of the money that is lost; a lost row whose amount cannot be read has the
        mean of those that can."""
        n_known = self.n_accepted + self.n_lost_known
        known = self.accepted_minor + self.lost_minor
        if not known:
            return 0.0
        lost = self.lost_minor + (self.n_lost - self.n_lost_known) * known / n_known
        return lost / (self.accepted_minor + lost)


@dataclass
class Losses:
    """What the parts of a source lost, added up: money by its column, people by their hashes.

    ``person_columns`` tell one person from another in this source; without any, people are
    not counted. ``n_no_rows`` are set aside and were never rows: totals and questions.
    """

    table: Table
    person_columns: tuple[str, ...]
    money: dict[str, Money] = field(default_factory=dict)
    people: list[Hashes] = field(default_factory=list)
    n_no_rows: int = 0

    def add(self, batch: Batch) -> None:
        """Add one part, as it is written."""
        reasons = batch.set_aside["reason_code"]
        n_no_rows = int(pc.sum(pc.is_in(reasons, pa.array(NO_ROWS))).as_py() or 0)
        self.n_no_rows += n_no_rows
        for name in (column.name for column in self.table.columns if column.kind == "money"):
            money = self.money.setdefault(name, Money())
            is_needed = self.table.column(name).is_required
            money.accepted_minor += _moved(batch.accepted[name])
            money.lost_minor += _moved(batch.lost[name])
            money.n_accepted += len(batch.accepted)
            money.n_lost_known += len(batch.lost) - is_needed * batch.lost[name].null_count
            money.n_lost += len(batch.set_aside) - n_no_rows
        if self.person_columns and len(batch.lost):
            self.people.append(_persons(batch.lost, self.person_columns))


def losses_of(opened: OpenedSource) -> Losses:
    """Return what is to be added up of a source: nothing of it is lost yet."""
    filled = {rule.column.name for rule in opened.preset.rules}
    told = [(needed, tuple(name for name in group if name in filled))
            for needed, group in PERSON_COLUMNS.items()]
    return Losses(opened.preset.table,
                  next((group for needed, group in told if needed in group), ()))


def lost_shares(
    losses: Losses, rows: Mapping[str, int], accepted: Path, *, ask_share: float
) -> dict[str, float]:
    """Return the share that is lost of rows, money and people, the last where it asks for more.

    Rows are those received but for those that a rule leaves out or that are refused with the
    whole file. People are counted where so many of them may be lost as asks for a decision:
    they are lost where they stand in rows set aside alone. ``accepted`` are the rows that fit.
    """
    n_lost, n_fit = rows["n_set_aside"] - losses.n_no_rows, rows["n_accepted"]
    shares = {"rows": n_lost / (n_lost + n_fit) if n_lost else 0.0}
    if losses.money:
        shares["money"] = max(money.lost_share for money in losses.money.values())
    if losses.people:
        people = _people_share(losses, accepted, ask_share)
        shares |= {"people": people} if people > ask_share else {}
    return {name: round(share, N_DIGITS) for name, share in shares.items()}


def loss_code(shares: Mapping[str, float], limits: Intake, accepted_share: float) -> str:
    """Return what a loss calls for: '' nothing, 'accepted' by a record, 'asks', or 'stops'."""
    most = max(shares.values(), default=0.0)
    if most <= limits.loss_ask_share:
        return ""
    if most <= accepted_share:
        return "accepted"
    return "stops" if most > limits.loss_stop_share else "asks"


def accepted_share(settings: Settings, source_name: str) -> float:
    """Return the share that a recorded decision lets a source lose; 0 where there is none."""
    return float(settings.source(source_name).accept_loss.get("share", 0.0))


def _moved(amounts: pa.ChunkedArray) -> int:
    return int(pc.sum(pc.abs(amounts)).as_py() or 0)


def _persons(rows: pa.Table, columns: tuple[str, ...]) -> Hashes:
    """Return a hash of each person of the rows, once; rows that name nobody have none."""
    is_named = np.logical_or.reduce([rows[name].is_valid().to_numpy() for name in columns])
    return np.unique(row_hashes(rows, columns)[is_named])


def _people_share(losses: Losses, accepted: Path, ask_share: float) -> float:
    """Return the share of people that are lost; 0 as soon as it is clear that it asks nothing.

    With more accepted rows looked at, the share can only become smaller.
    """
    lost = np.unique(np.concatenate(losses.people))
    if not len(lost):
        return 0.0
    known = np.empty(0, np.uint64)
    for known in _known_persons(accepted, losses.person_columns):
        if len(lost) <= ask_share * (len(known) + len(lost)):
            return 0.0
    only = np.setdiff1d(lost, known, assume_unique=True)
    return len(only) / (len(only) + len(known))


def _known_persons(path: Path, columns: tuple[str, ...]) -> Iterator[Hashes]:
    """Yield the people of accepted rows, of ever more of them, and of all in the end."""
    known, waiting, n_waiting = np.empty(0, np.uint64), list[Hashes](), 0
    for hashes in _accepted_persons(path, columns):
        waiting.append(hashes)
        n_waiting += len(hashes)
        if n_waiting >= len(known):
            known = np.unique(np.concatenate([known, *waiting]))
            waiting, n_waiting = [], 0
            yield known
    yield np.unique(np.concatenate([known, *waiting]))


def _accepted_persons(path: Path, columns: tuple[str, ...]) -> Iterator[Hashes]:
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(N_ROWS_AT_ONCE, columns=list(columns)):
            yield _persons(pa.Table.from_batches([batch]), columns)
