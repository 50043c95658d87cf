"""Forked processes that each do some of the steps of a run, whose results come back in order."""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import os
import pickle
import traceback
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import cycle
from typing import Any, BinaryIO, NamedTuple

import pyarrow as pa

from workbench.errors import WorkbenchError

ORDERS_AHEAD = 2
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # numbers in glibc's malloc.h


class Worker(NamedTuple):
    """A process, the pipe on which it is given orders, and the one on which it answers."""

    process: Any
    orders: BinaryIO
    answers: BinaryIO


class Answer(NamedTuple):
    """How an order ended: its result, or an error of the workbench, or a traceback."""

    result: Any
    error: WorkbenchError | None = None
    bug: str = ""


def in_order(
    work: Callable[[Any], Any], orders: Iterable[Any], *, n_workers: int
) -> Iterator[Any]:
    """Yield ``work(order)`` for each order, in their order, from forked processes.

    A worker has two orders waiting at the most, so that orders are drawn while others are
    worked on. A WorkbenchError of the work is raised here; any other error is a RuntimeError
    with the worker's traceback.
    """
    workers: list[Worker] = []
    try:
        for _ in range(n_workers):
            workers.append(_start(work, workers))
        yield from _given_and_received(workers, orders)
    finally:
        for worker in workers:
            _end(worker)


def _given_and_received(workers: list[Worker], orders: Iterable[Any]) -> Iterator[Any]:
    waiting: deque[Worker] = deque()
    for worker, order in zip(cycle(workers), orders, strict=False):
        if len(waiting) == ORDERS_AHEAD * len(workers):
            yield _received(waiting.popleft())
        with suppress(BrokenPipeError):  # it has ended: its answer tells why
            _send(order, worker.orders)
        waiting.append(worker)
    while waiting:
        yield _received(waiting.popleft())


def _start(work: Callable[[Any], Any], earlier: list[Worker]) -> Worker:
    """Fork a worker. It is told to close the ends of pipes that it has but must not hold.

    While one of them is open the pipe seems to have a reader or a writer, and a worker whose
    parent was killed would wait for it for ever.
    """
    (orders_out, orders_in), (answers_out, answers_in) = os.pipe(), os.pipe()
    orders, answers = os.fdopen(orders_in, "wb"), os.fdopen(answers_out, "rb")
    theirs = os.fdopen(orders_out, "rb"), os.fdopen(answers_in, "wb")
    ours = [orders, answers, *(end for worker in earlier for end in worker[1:])]
    process = multiprocessing.get_context("fork").Process(
        target=_serve, args=(work, *theirs, ours), daemon=True
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        process.start()
    for end in theirs:
        end.close()
    return Worker(process, orders, answers)


def _serve(
    work: Callable[[Any], Any], orders: BinaryIO, answers: BinaryIO, ours: list[BinaryIO]
) -> None:
    pa.set_cpu_count(1)
    gc.freeze()  # what is the parent's is not for this process to end: it has not its threads
    gc.disable()  # it is done between two orders
    _keep_freed_memory()
    for end in ours:
        end.close()
    with suppress(BrokenPipeError, EOFError), answers:
        while True:
            _send(_answer(work, pickle.load(orders)), answers)
            gc.collect()


def _keep_freed_memory() -> None:
    """Ask the C library, where it is glibc, to keep what is freed for the next order.

    Orders are alike in size; giving memory back after each and fetching it again takes a
    sixth of the time. The process is short, and its largest size stays the same.
    """
    choose = getattr(ctypes.CDLL(None), "mallopt", None)
    if choose is not None:
        choose(M_MMAP_THRESHOLD, 1 << 30)
        choose(M_TRIM_THRESHOLD, (1 << 31) - 1)


def _answer(work: Callable[[Any], Any], order: Any) -> Answer:
    try:
        return Answer(work(order))
    except WorkbenchError as error:
        return Answer(None, error)
    except Exception:  # a bug of ours: its traceback is told in the parent
        return Answer(None, bug=traceback.format_exc())


def _send(message: Any, pipe: BinaryIO) -> None:
    pickle.dump(message, pipe, protocol=5)
    pipe.flush()


def _received(worker: Worker) -> Any:
    try:
        answer = pickle.load(worker.answers)
    except EOFError:
        answer = Answer(None, bug="a worker ended without a word (was it out of memory?)")
    if answer.error is not None:
        raise answer.error
    if answer.bug:
        raise RuntimeError(answer.bug)
    return answer.result


def _end(worker: Worker) -> None:
    worker.process.terminate()
    worker.process.join()
    worker.answers.close()
    with suppress(BrokenPipeError):
        worker.orders.close()
