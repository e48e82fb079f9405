"""Lines of cell plants: what they are at and what they make (M12, M14)."""

import mesa
import numpy as np
import pytest

from agents.cells.line_conversion import ChangeKind, LineKind
from agents.cells.line_decision import LineAction, LineSensing, LineStatus, Prospect, Use
from agents.cells.plant import IRON, NEVER, NICKEL_CYLINDER, NICKEL_POUCH, CellPlant, Lines

NOW = 10


def lines_at(*status: LineStatus, use: Use = Use.VEHICLES, chemistry: int = NICKEL_POUCH) -> Lines:
    """Lines of 10 GWh a year in one plant, what is in building or change ready at ``NOW`` + 4, dark from ``NOW``."""
    count = len(status)
    return Lines(
        plant=np.zeros(count, dtype=np.int64),
        maker=np.zeros(count, dtype=np.int64),
        gwh_per_year=np.full(count, 10.0),
        chemistry=np.full(count, chemistry),
        car_chemistry=np.full(count, chemistry),
        status=np.array(status, dtype=np.int64),
        use=np.full(count, use, dtype=np.int64),
        ready=np.where(np.isin(status, (LineStatus.BUILDING, LineStatus.CONVERTING)), NOW + 4, NEVER),
        offline_from=np.full(count, NOW),
        since=np.zeros(count, dtype=np.int64),
        waiting_since=np.zeros(count, dtype=np.int64),
        credited=np.ones(count, dtype=np.bool_),
        for_cars=np.ones(count, dtype=np.bool_),
    )


def one_use(lines: Lines, quarter: int) -> list[Use]:
    """Uses that the first line makes cells for."""
    return [use for use in Use if lines.making(use, quarter)[0]]


def test_a_line_in_change_makes_its_old_use_until_it_is_dark_and_its_new_one_when_done() -> None:
    """Lag 4 with 2 dark quarters, decided in quarter 10."""
    lines = lines_at(LineStatus.OPERATING)
    lines.change(0, LineAction.CONVERT, NOW, lag=4, offline=2)
    assert lines.status[0] == LineStatus.CONVERTING
    for quarter, expected in [(10, [Use.VEHICLES]), (11, [Use.VEHICLES]), (12, []), (13, [])]:
        lines.complete(quarter)
        assert one_use(lines, quarter) == expected
        assert lines.running(quarter)[0] == bool(expected)
        assert lines.chemistry[0] == NICKEL_POUCH
    lines.complete(14)
    assert one_use(lines, 14) == [Use.STORAGE]
    assert lines.status[0] == LineStatus.OPERATING
    assert lines.chemistry[0] == IRON
    assert lines.quarters_running(14).tolist() == [0.0]
    assert lines.quarters_running(17).tolist() == [3.0]


def test_converted_back_a_line_makes_its_car_chemistry_again() -> None:
    lines = lines_at(LineStatus.OPERATING, chemistry=NICKEL_CYLINDER)
    lines.change(0, LineAction.CONVERT, NOW, lag=7, offline=3)
    lines.complete(17)
    lines.change(0, LineAction.CONVERT_BACK, 20, lag=7, offline=3)
    assert one_use(lines, 23) == [Use.STORAGE]
    assert one_use(lines, 24) == []
    lines.complete(27)
    assert one_use(lines, 27) == [Use.VEHICLES]
    assert lines.chemistry[0] == NICKEL_CYLINDER


def test_a_change_of_racks_alone_leaves_no_dark_quarter() -> None:
    lines = lines_at(LineStatus.OPERATING, chemistry=IRON)
    lines.change(0, LineAction.CONVERT, NOW, lag=1, offline=0)
    assert one_use(lines, NOW) == [Use.VEHICLES]
    lines.complete(NOW + 1)
    assert one_use(lines, NOW + 1) == [Use.STORAGE]
    assert lines.chemistry[0] == IRON


def test_an_idle_line_is_dark_from_the_decision_on() -> None:
    lines = lines_at(LineStatus.IDLE)
    lines.change(0, LineAction.CONVERT, NOW, lag=4, offline=2)
    assert [one_use(lines, quarter) for quarter in range(NOW, NOW + 4)] == [[], [], [], []]
    lines.complete(NOW + 4)
    assert one_use(lines, NOW + 4) == [Use.STORAGE]


def test_an_announced_line_starts_after_the_time_of_building() -> None:
    lines = lines_at(LineStatus.ANNOUNCED)
    lines.change(0, LineAction.START, NOW, lag=8, offline=0)
    assert lines.status[0] == LineStatus.BUILDING
    lines.complete(NOW + 7)
    assert one_use(lines, NOW + 7) == []
    lines.complete(NOW + 8)
    assert one_use(lines, NOW + 8) == [Use.VEHICLES]
    assert lines.chemistry[0] == NICKEL_POUCH


@pytest.mark.parametrize(("lag", "ready"), [(1, 14), (4, 14), (7, 17)])
def test_a_line_in_building_starts_as_storage_when_both_building_and_change_are_done(lag: int, ready: int) -> None:
    lines = lines_at(LineStatus.BUILDING)
    lines.change(0, LineAction.START_STORAGE, NOW, lag=lag, offline=2)
    lines.complete(ready - 1)
    assert lines.status[0] == LineStatus.BUILDING
    lines.complete(ready)
    assert one_use(lines, ready) == [Use.STORAGE]
    assert lines.chemistry[0] == IRON


def test_idling_stops_output_and_restarting_resumes_it() -> None:
    lines = lines_at(LineStatus.OPERATING)
    lines.change(0, LineAction.IDLE, NOW, lag=0, offline=0)
    assert one_use(lines, NOW) == []
    assert (lines.waiting_since[0], lines.since[0]) == (NOW, 0)
    lines.change(0, LineAction.RESTART, NOW + 2, lag=0, offline=0)
    assert one_use(lines, NOW + 2) == [Use.VEHICLES]


def test_building_that_is_delayed_rests_and_a_line_that_shrinks_keeps_half() -> None:
    lines = lines_at(LineStatus.BUILDING)
    lines.change(0, LineAction.DELAY, NOW, lag=2, offline=0)
    lines.complete(NOW + 5)
    assert lines.status[0] == LineStatus.BUILDING
    lines.change(0, LineAction.SHRINK, NOW + 5, lag=0, offline=0)
    lines.complete(NOW + 6)
    assert (lines.status[0], lines.gwh_per_year[0]) == (LineStatus.OPERATING, 5.0)


def test_a_line_that_sells_its_cells_as_they_are_keeps_its_chemistry() -> None:
    lines = lines_at(LineStatus.OPERATING)
    lines.change(0, LineAction.SELL_AS_IS, NOW, lag=1, offline=0)
    lines.complete(NOW + 1)
    assert one_use(lines, NOW + 1) == [Use.STORAGE]
    assert (lines.chemistry[0], bool(lines.as_is[0])) == (NICKEL_POUCH, True)
    lines.change(0, LineAction.CONVERT_BACK, NOW + 2, lag=1, offline=0)
    assert not lines.as_is[0]


def test_lines_meant_for_a_use_by_each_of_some_quarters() -> None:
    lines = lines_at(*LineStatus, use=Use.STORAGE)
    each = lines.meant_for_each(Use.STORAGE, np.array([13, 14]))
    assert each.tolist() == [lines.meant_for(Use.STORAGE, by).tolist() for by in (13, 14)]


def test_a_closed_line_never_comes_back_by_itself() -> None:
    lines = lines_at(LineStatus.BUILDING)
    lines.change(0, LineAction.CLOSE, NOW, lag=0, offline=0)
    lines.complete(NOW + 40)
    assert lines.status[0] == LineStatus.CLOSED
    assert not lines.running(NOW + 40).any()


def test_what_a_line_is_meant_for_counts_what_is_coming_by_then() -> None:
    """Announced, building, operating, converting, idle, closed; those on the way are ready in quarter 14."""
    lines = lines_at(*LineStatus, use=Use.STORAGE)
    before, then = lines.meant_for(Use.STORAGE, 13), lines.meant_for(Use.STORAGE, 14)
    assert before.tolist() == [False, False, True, False, False, False]
    assert then.tolist() == [False, True, True, True, False, False]
    assert not lines.meant_for(Use.VEHICLES, 14).any()


def test_turned_lines_are_those_planned_for_cars_that_stand_in_or_on_the_way_to_storage() -> None:
    lines = lines_at(*LineStatus, use=Use.STORAGE)
    assert lines.converted.tolist() == [True, True, True, True, True, False]
    lines.for_cars[2] = False
    lines.use[3] = Use.VEHICLES
    assert lines.converted.tolist() == [True, True, False, False, True, False]


def test_only_what_runs_makes_cells_and_makes_them_for_one_use() -> None:
    lines = lines_at(*LineStatus)
    lines.offline_from[3] = NOW + 1
    assert lines.making(Use.VEHICLES, NOW).tolist() == [False, False, True, False, False, False]
    assert lines.making(Use.STORAGE, NOW).tolist() == [False, False, False, True, False, False]
    assert lines.running(NOW).tolist() == [False, False, True, True, False, False]


def test_the_kind_of_change_follows_the_chemistry_for_cars_whatever_is_made_now() -> None:
    kinds = {IRON: LineKind.SAME_CELL, NICKEL_POUCH: LineKind.OTHER_CHEMISTRY, NICKEL_CYLINDER: LineKind.OTHER_FORMAT}
    for chemistry, kind in kinds.items():
        lines = lines_at(LineStatus.OPERATING, chemistry=chemistry)
        assert lines.kind.tolist() == [kind]
        lines.change(0, LineAction.CONVERT, NOW, lag=1, offline=0)
        lines.complete(NOW + 1)
        assert lines.chemistry[0] == IRON
        assert lines.kind.tolist() == [kind]


def test_quarters_running_are_never_negative() -> None:
    lines = lines_at(LineStatus.BUILDING)
    lines.since[0] = NOW + 4
    assert lines.quarters_running(NOW).tolist() == [0.0]


@pytest.fixture
def plant() -> CellPlant:
    """A plant with lines 1 and 2; line 0 belongs to another plant."""
    lines = lines_at(LineStatus.OPERATING, LineStatus.OPERATING, LineStatus.IDLE)
    lines.plant[1:] = 1
    lines.gwh_per_year[:] = [10.0, 8.0, 6.0]
    return CellPlant(mesa.Model(rng=1), "plant", "owner", None, lines, 1)


def test_a_plant_is_an_agent_that_knows_its_lines(plant: CellPlant) -> None:
    assert isinstance(plant, mesa.Agent)
    assert list(plant.model.agents) == [plant]
    assert plant.lines.tolist() == [1, 2]


def test_the_capacity_of_a_plant_is_a_view_of_its_lines(plant: CellPlant) -> None:
    assert plant.capacity_gwh_per_year(LineStatus.OPERATING) == 8.0
    assert plant.capacity_gwh_per_year(LineStatus.IDLE, Use.VEHICLES) == 6.0
    assert plant.capacity_gwh_per_year(LineStatus.OPERATING, Use.STORAGE) == 0.0
    plant._lines.change(2, LineAction.RESTART, NOW, 0, 0)
    assert plant.capacity_gwh_per_year(LineStatus.OPERATING) == 14.0
    plant._lines.change(2, LineAction.CONVERT, NOW, 4, 2)
    assert plant.capacity_gwh_per_year(LineStatus.OPERATING, Use.VEHICLES) == 8.0
    assert plant.capacity_gwh_per_year(LineStatus.CONVERTING, Use.STORAGE) == 6.0


def test_a_plant_decides_by_what_it_sees(plant: CellPlant) -> None:
    good, bad = Prospect(np.ones(40), np.full(40, 90.0)), Prospect(np.ones(40), np.zeros(40))
    change, build = ChangeKind(4, 2, 45.0), ChangeKind(8, 0, 115.0)
    for best in (LineAction.CONVERT, LineAction.WAIT):
        values = np.where(np.arange(len(LineAction)) == best, 10.0, 5.0)
        seen = LineSensing(
            LineStatus.OPERATING, Use.VEHICLES, bad, good, change, build, 0, values, may_change=True, may_idle=True
        )
        assert plant.decide(seen) == best
