"""Work on rows: every row once, in order, and code that cannot be kept is compiled all the same."""

from typing import Any

import numba
import numpy as np
import pytest

from agents.population import compiled_rows, plain_rows, row_work
from agents.population.row_work import RowWork
from agents.random import compiled_streams
from agents.random.streams import Purpose, stream_key

KEY = stream_key(2, Purpose.USED_MATCH, 5)


@pytest.mark.parametrize("piece_rows", [1, 7, 10, 100])
def test_pieces_cover_every_row_once_in_order(piece_rows: int, thread_counts: tuple[int, int]) -> None:
    for threads in thread_counts:
        row_work.use_threads(threads)
        pieces = RowWork(compiled=False, piece_rows=piece_rows).over(10, lambda piece: np.arange(10)[piece])
        assert np.concatenate(pieces).tolist() == list(range(10))


def test_no_rows_are_one_empty_piece() -> None:
    assert RowWork(compiled=False).over(0, lambda piece: (piece.start, piece.stop)) == [(0, 0)]


def test_small_populations_are_not_compiled_for() -> None:
    assert not RowWork.for_rows(100_000).compiled
    assert RowWork.for_rows(10_000_000).compiled


@pytest.mark.parametrize("piece_rows", [977, row_work.PIECE_ROWS])
@pytest.mark.parametrize("cars", [1, 50, 40_000])
def test_heaps_give_the_cars_that_sorting_all_gives(cars: int, piece_rows: int) -> None:
    """Goods of very different size, so that heaps are split and empty ones pass."""
    generator = np.random.default_rng(cars)
    good = np.sort(generator.integers(0, 20, cars) ** 3 // 400)
    generator.shuffle(good)
    wanted = generator.permutation(good)[: cars * 2 // 3]
    work = RowWork(compiled=True, piece_rows=piece_rows)
    plain = plain_rows.match(wanted, good, 20, KEY, work)
    compiled = compiled_rows.match(wanted, good, 20, KEY, work)
    for place in (0, 1):
        assert np.array_equal(plain[place], compiled[place])


def test_holding_steps_are_counted_alike() -> None:
    edges = np.sort(np.random.default_rng(1).random(300))
    numbers = np.concatenate([compiled_rows.uniforms(KEY, np.arange(50_000)), edges, [0.0, 1.0 - 2.0**-53]])
    assert np.array_equal(plain_rows.steps_below(numbers, edges), compiled_rows.steps_below(numbers, edges))


def test_code_that_cannot_be_kept_is_compiled_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numba refuses so where neither the source's folder nor the user's cache can be written."""
    real = numba.njit

    def refusing(*, cache: bool = False, **options: Any) -> Any:
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return real(**options)

    monkeypatch.setattr("agents.random.compiled_streams.njit", refusing)

    def double(number: int) -> int:
        return 2 * number

    assert compiled_streams.compiled()(double)(4) == 8
