"""One pass over the rows does what a scan for each purpose did, in both engines and whatever the pieces and threads."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from agents.arrays import Floats
from agents.population import compiled_rows, plain_rows, row_work
from agents.population.columnar import ColumnarModel
from agents.population.consumers import COLUMN_TYPES, LESSEE, NO_CAR, SLEEPING, WAITING, Consumers, Tally
from agents.population.row_codes import Coding, Opened
from agents.population.row_work import RowWork
from agents.random.streams import Purpose, stream_key, uniforms

QUARTER, ZONES, TYPES = 20, 5, 24
KEY = stream_key(4, Purpose.SCRAPPAGE, QUARTER)
GENERATOR = np.random.default_rng(6)
CODING = Coding(
    zones=ZONES, classes=50, goods=7, good_of=GENERATOR.integers(0, 7, (256, 256)).astype(np.int16),
    part_of_car=GENERATOR.integers(0, 2, 256).astype(np.uint8),
    part_of_class=GENERATOR.integers(0, 2, 256).astype(np.uint8),
)  # fmt: skip
WORKS = [
    RowWork(compiled=False), RowWork(compiled=True), RowWork(compiled=False, piece_rows=997),
    RowWork(compiled=True, piece_rows=997),
]  # fmt: skip
SIZES = st.sampled_from([1, 2, 300, 4096, 4097, 9000])
Columns = dict[str, NDArray[Any]]


def drawn(rows: int, seed: int) -> Columns:
    """Seats of all states: sleepers, seats without a car that wait, cars of the oldest age, dates far off."""
    generator = np.random.default_rng(seed)
    car = np.where(generator.random(rows) < 0.2, NO_CAR, generator.integers(0, TYPES, rows))
    sleeps = (car == NO_CAR) & (generator.random(rows) < 0.5)
    values = {
        "zone": np.sort(generator.integers(0, ZONES, rows), kind="stable"),
        "buyer_class": generator.integers(0, 50, rows), "car": car,
        "age_quarters": np.where(car == NO_CAR, 0, generator.integers(0, 256, rows)),
        "next_decision": generator.choice([0, QUARTER - 1, QUARTER, QUARTER + 1, 90, 255], rows),
        "flags": np.where(sleeps, SLEEPING, generator.choice([0, LESSEE, WAITING, LESSEE | WAITING], rows)),
    }  # fmt: skip
    return {name: values[name].astype(kind) for name, kind in COLUMN_TYPES.items()}


def chances(seed: int, most: float) -> Floats:
    """Chances of scrappage by type and age, some of them none."""
    generator = np.random.default_rng(seed)
    chance = np.minimum(1.0, generator.random((TYPES, 256)) * most)
    return np.where(generator.random(chance.shape) < 0.2, 0.0, chance)


def population(columns: Columns, work: RowWork) -> Consumers:
    own = {name: values.copy() for name, values in columns.items()}
    return Consumers(ColumnarModel(rng=1), own, CODING, work=work)


def scans(columns: Columns, chance: Floats) -> tuple[list[list[int]], int]:
    """One scan of the columns a purpose, which are changed: due, their kinds and emptied; number of cars lost."""
    car, age, decision, flags = (columns[name] for name in ("car", "age_quarters", "next_decision", "flags"))
    entered = ((flags & SLEEPING) != 0) & (decision <= QUARTER)
    flags[entered] ^= SLEEPING
    table = np.zeros((256, 256))
    table[: len(chance)] = chance
    lost = uniforms(KEY, np.arange(car.size)) < table[car, age]
    car[lost], age[lost] = NO_CAR, 0
    flags[lost] &= np.uint8(0xFF ^ LESSEE)
    due = np.flatnonzero((car != NO_CAR) & (decision <= QUARTER))
    flags[due] &= np.uint8(0xFF ^ WAITING)
    place = columns["zone"].astype(np.int64) * 50 + columns["buyer_class"]
    kind = place[due] * 7 + CODING.good_of[car[due], age[due]]
    return [due.tolist(), kind.tolist(), np.flatnonzero(entered | lost).tolist()], int(lost.sum())


def same(one: Tally, other: Tally) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(vars(one).values(), vars(other).values(), strict=True))


@settings(max_examples=25)
@given(SIZES, st.integers(0, 10_000), st.sampled_from([0.0, 0.02, 0.3, 1.0, 4.0]), st.sampled_from(WORKS))
def test_one_pass_does_what_the_scans_do(rows: int, seed: int, most: float, work: RowWork) -> None:
    columns, chance = drawn(rows, seed), chances(seed, most)
    consumers = population(columns, work)
    before = consumers.tally()
    opened = consumers.open_quarter(QUARTER, chance, KEY)
    lists, lost = scans(columns, chance)
    assert [opened.due.tolist(), opened.kind.tolist(), opened.emptied.tolist()] == lists
    assert opened.lost.size == lost
    for name, values in columns.items():
        assert np.array_equal(consumers.columns[name], values), name
    assert same(before.changed(opened.change()), consumers.tally())
    carless = np.flatnonzero((columns["car"] == NO_CAR) & ((columns["flags"] & SLEEPING) == 0))
    assert np.array_equal(consumers.without_car(), carless)
    assert all(listed.dtype == np.int32 for listed in (opened.due, opened.kind, opened.emptied))


@settings(max_examples=25)
@given(SIZES, st.integers(0, 10_000), st.sampled_from(WORKS))
def test_counts_by_difference_are_those_of_a_count_of_all(rows: int, seed: int, work: RowWork) -> None:
    generator = np.random.default_rng(seed)
    consumers = population(drawn(rows, seed), work)
    buyers = np.flatnonzero(generator.random(rows) < 0.4).astype(np.int32)
    before = consumers.tally()
    car, age = generator.integers(0, TYPES, (2, buyers.size)).astype(np.uint8)
    asleep = (consumers.columns["flags"][buyers] & SLEEPING) != 0
    leased = generator.random(buyers.size) < 0.3
    change = consumers.give_car(buyers, car, age, generator.integers(0, 400, buyers.size), leased)
    assert same(before.changed(change), consumers.tally())
    assert change[2] == asleep.sum()
    flags = consumers.columns["flags"][buyers]
    assert np.array_equal((flags & LESSEE) != 0, leased)
    assert not (flags & WAITING).any()


def test_pieces_threads_and_engine_change_nothing(thread_counts: tuple[int, int]) -> None:
    columns, chance = drawn(9_000, 3), chances(3, 0.2)

    def opened(work: RowWork) -> tuple[Opened, Columns]:
        consumers = population(columns, work)
        return consumers.open_quarter(QUARTER, chance, KEY), consumers.columns

    whole, after = opened(WORKS[0])
    for threads in thread_counts:
        row_work.use_threads(threads)
        for work in WORKS[1:]:
            other, columns_after = opened(work)
            assert all(np.array_equal(getattr(whole, name), getattr(other, name)) for name in Opened._fields)
            assert all(np.array_equal(after[name], columns_after[name]) for name in after)


@pytest.mark.parametrize(("after", "until"), [(-1, QUARTER), (QUARTER, QUARTER + 4), (QUARTER, 255)])
def test_both_engines_find_the_same_rows(after: int, until: int) -> None:
    consumers = population(drawn(5_000, 8), WORKS[0])
    columns, seats = consumers.columns, consumers.seats()
    found = [
        each.due(100, columns["car"], columns["next_decision"], after, until) for each in (plain_rows, compiled_rows)
    ]
    assert np.array_equal(*found)
    assert found[0].size > 100
    waiting = [
        each.count_waiting(columns["flags"], columns["next_decision"], until) for each in (plain_rows, compiled_rows)
    ]
    assert waiting[0] == waiting[1] == consumers.waiting(until)
    for name in ("kinds", "strata"):
        plain, compiled = (getattr(each, name)(seats, found[0] - 100, CODING) for each in (plain_rows, compiled_rows))
        assert np.array_equal(plain, compiled)
        assert plain.dtype == compiled.dtype == np.int32
