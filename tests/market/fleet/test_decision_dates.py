"""When expected seats look next (M1, M20): each law alone, against the law that rows are drawn from."""

import numpy as np
import pytest

from agents.arrays import Floats
from agents.buyers import ownership
from market.base.categories import AGE_BUCKETS, GOODS, ICE, KINDS, SEGMENTS
from market.buyers.parameters import Ownership
from market.fleet.decision_dates import DateLaws, DecisionDates
from market.fleet.model_years import BuildYears

LENGTH = 40
HOLDING = Ownership()
EVENLY = (np.arange(100_000) + 0.5) / 100_000
OLD = 0  # the one group of old cars; the others are to come
CELLS = 2


def made_groups() -> BuildYears:
    on_road = np.zeros((len(KINDS), 3))
    on_road[ICE, 2] = 1.0
    return BuildYears(on_road, np.full((len(KINDS), len(SEGMENTS)), 1 / len(SEGMENTS)), LENGTH - 1)


def empty(return_hazard: float = 0.5) -> DecisionDates:
    """Dates of nobody."""
    groups = made_groups()
    laws = DateLaws.of(HOLDING, return_hazard, LENGTH)
    return DecisionDates(np.zeros((groups.size, CELLS)), np.zeros((LENGTH, groups.size)), laws, groups, LENGTH)


def in_old(seats: float) -> Floats:
    """Seats of the first stratum in the group of old cars, shape (live groups, strata)."""
    table = np.zeros((made_groups().live(0), CELLS))
    table[OLD, 0] = seats
    return table


def due_by_quarter(dates: DecisionDates, first: int = 1) -> Floats:
    """All seats of today that are due from a quarter on; they find their date and do not stay due."""
    found = []
    for quarter in range(first, LENGTH):
        due = dates.due(quarter)
        found.append((due.sum(axis=1) * dates.alive[: len(due)]).sum())
        dates.stay(due, 0.0)
    return np.array(found)


def bought_new(dates: DecisionDates, bought: float, leased: float) -> None:
    seats = np.zeros((2, CELLS, len(KINDS)))
    seats[:, 0, ICE] = bought, leased
    dates.acquire_new(0, seats[0], seats[1], made_groups().built_in(0))


def drawn_share(years: float) -> Floats:
    """Share of rows whose holding time ends in each quarter from the first on."""
    times = ownership.holding_quarters(EVENLY, 4.0 * years, HOLDING.hold_shape)
    return np.bincount(times, minlength=200)[1:LENGTH] / EVENLY.size


def test_buyers_of_new_cars_look_when_rows_would() -> None:
    dates = empty()
    bought_new(dates, 1_000.0, 0.0)
    assert due_by_quarter(dates) == pytest.approx(1_000.0 * drawn_share(HOLDING.hold_new_years), abs=0.02)


def test_buyers_of_used_cars_look_when_rows_would() -> None:
    dates = empty()
    by_good, composition = np.zeros((CELLS, GOODS)), np.zeros((made_groups().size, GOODS))
    by_good[0, :2] = 600.0, 400.0
    composition[OLD, : len(AGE_BUCKETS)] = 1.0
    dates.acquire_used(0, by_good, composition)
    assert due_by_quarter(dates) == pytest.approx(1_000.0 * drawn_share(HOLDING.hold_used_years), abs=0.02)


def bought_for_years(quarters: int) -> DecisionDates:
    """Cars of every build year so far change hands used in each quarter, and new ones are bought and leased."""
    dates, draw = empty(), np.random.default_rng(1)
    for quarter in range(quarters):
        groups, kind = made_groups(), np.arange(len(KINDS))
        composition = np.zeros((groups.size, GOODS))
        live = groups.live(quarter)
        first = groups.kind[:live, None] * len(AGE_BUCKETS)
        np.put_along_axis(composition[:live], first + np.arange(len(AGE_BUCKETS)), draw.random((live, 1)), axis=1)
        dates.acquire_used(quarter, draw.random((CELLS, GOODS)), composition)
        bought, leased = draw.random((2, CELLS, kind.size))
        dates.acquire_new(quarter, bought, leased, groups.built_in(quarter))
    return dates


def test_what_comes_within_a_year_is_what_comes_due_in_its_quarters() -> None:
    """Several due quarters at once, many build years, against one quarter after another."""
    now = 25
    ahead = bought_for_years(now).within(now - 1, 4)
    later = bought_for_years(now)
    for quarter, seats in ahead.dated.items():
        due = later.due(quarter)
        assert seats == pytest.approx(due[: len(seats)], rel=1e-5)
        assert (seats.sum(axis=1) > 0.0).all()
        later.stay(due, 0.0)


def test_lessees_look_when_the_lease_ends() -> None:
    dates = empty()
    bought_new(dates, 0.0, 70.0)
    due = due_by_quarter(dates)
    assert np.flatnonzero(due).tolist() == [int(4 * HOLDING.lease_years) - 1]
    assert due.sum() == pytest.approx(70.0)


def test_keepers_look_again_in_each_of_the_quarters_allowed() -> None:
    dates = empty()
    dates.keep(0, in_old(100.0), in_old(25.0), np.array([0.2, 1.0]))
    dates.keep_too(0, in_old(10.0), np.array([0.5, 1.0]))
    expected = np.zeros(LENGTH - 1)
    expected[HOLDING.look_again_low - 1 : HOLDING.look_again_high] = (75.0 + 5.0 + 5.0) / 5
    assert due_by_quarter(dates) == pytest.approx(expected)


def test_those_who_did_not_look_are_due_again_at_once() -> None:
    dates = empty()
    dates.stay(in_old(80.0), 0.25)
    dates.look_again(in_old(10.0), np.array([0.3, 1.0]))
    assert due_by_quarter(dates)[:2] == pytest.approx([23.0, 0.0])


def test_those_who_wait_come_back_by_a_constant_hazard() -> None:
    dates = empty(return_hazard=0.5)
    dates.wait(in_old(100.0), np.array([0.08, 1.0]))
    assert dates.waiting() == pytest.approx(8.0)
    assert due_by_quarter(dates)[:3] == pytest.approx([4.0, 2.0, 1.0])


def test_scrapped_cars_have_no_date() -> None:
    """Half are scrapped before the wait, half of the rest after it."""
    dates = empty()
    share = np.zeros(made_groups().size)
    share[OLD] = 0.5
    dates.lose(share)
    dates.move(2, in_old(100.0), np.ones(CELLS))  # 50 of them are left
    dates.lose(share)
    assert due_by_quarter(dates)[1] == pytest.approx(25.0)
    assert due_by_quarter(dates, 2)[0] == pytest.approx(0.0)


def test_what_is_taken_from_the_quarters_ahead_is_not_due_again() -> None:
    """20 dated within a year and 8 of the waiting, of whom 15 in 16 return in it: half of these hurry."""
    dates = empty(return_hazard=0.5)
    dates.move(3, in_old(20.0), np.ones(CELLS))
    dates.move(9, in_old(7.0), np.ones(CELLS))
    dates.wait(in_old(8.0), np.ones(CELLS))
    ahead = dates.within(0, 4)
    assert ahead.seats().sum() == pytest.approx(20.0 + 7.5)
    dates.take(ahead, np.full_like(in_old(1.0), 0.5))
    assert dates.waiting() == pytest.approx(8.0 - 3.75)
    due = due_by_quarter(dates)
    assert due[8] == pytest.approx(7.0, abs=0.02)
    assert due.sum() == pytest.approx(10.0 + 7.0 + 4.25, abs=1e-3)
