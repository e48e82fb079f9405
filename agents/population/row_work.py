"""Running the population kernels: in pieces, on threads, with NumPy for few rows and compiled loops for many.

Pieces write to disjoint memory and count in integers, so neither their size, nor the number of threads, nor the kernel
changes a bit of the results.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import TypeVar

Piece = TypeVar("Piece")

FEWEST_COMPILED = 400_000  # rows above which compiling (once per computer) and loading pays off
PIECE_ROWS = 1 << 20  # rows worked on at a time
_threads: list[int] = []


def most_threads() -> int:
    """Processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def use_threads(threads: int) -> None:
    """Set the number of threads of this process; all processors if never called."""
    _threads[:] = [threads]


def threads_used() -> int:
    """Number of threads that run kernels."""
    return _threads[0] if _threads else most_threads()


@cache
def _engine(name: str) -> ModuleType:
    return import_module(name)


@dataclass(frozen=True)
class RowWork:
    """Which kernels process a population; ``compiled``: compiled loops instead of NumPy."""

    compiled: bool
    piece_rows: int = PIECE_ROWS

    @classmethod
    def for_rows(cls, rows: int) -> "RowWork":
        """The faster kernels for a population of this size."""
        return cls(rows >= FEWEST_COMPILED)

    @property
    def engine(self) -> ModuleType:
        """``compiled_rows`` or ``plain_rows``, in this package: the same functions and the same bits."""
        return _engine("agents.population.compiled_rows" if self.compiled else "agents.population.plain_rows")

    def over(self, rows: int, work: Callable[[slice], Piece]) -> list[Piece]:
        """Results of ``work`` for all pieces of so many rows, in order; at least one piece, empty if need be."""
        starts = range(0, max(rows, 1), self.piece_rows)
        pieces = [slice(start, min(start + self.piece_rows, rows)) for start in starts]
        if len(pieces) == 1 or threads_used() == 1:
            return [work(piece) for piece in pieces]
        with ThreadPoolExecutor(threads_used()) as pool:
            return list(pool.map(work, pieces))
