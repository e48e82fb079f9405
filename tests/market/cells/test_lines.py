"""Lines of the plants known at the end of 2024 (B1, M14)."""

import numpy as np
import pytest

from agents.cells.line_decision import LineStatus, Use
from agents.cells.plant import IRON, LARGEST_LINE_GWH, NEVER, NICKEL_CYLINDER, Lines
from market.base import quarters, tables
from market.base.categories import MAKERS
from market.cells.lines import OPEN_MARKET, SELLERS, read_lines

EXACT = 1e-12
SMALLEST_LINE_GWH = 5.0
ORIGIN = quarters.index("2024Q4")


@pytest.fixture
def read() -> tuple[Lines, list[str]]:
    lines, plants = read_lines()
    return lines, [name for name, _, _ in plants]


def of_plant(read: tuple[Lines, list[str]], name: str) -> np.ndarray:
    """Numbers of the lines of a plant."""
    lines, names = read
    return np.flatnonzero(lines.plant == names.index(name))


def test_the_lines_of_every_plant_add_up_to_its_capacity(read: tuple[Lines, list[str]]) -> None:
    lines, names = read
    found = np.bincount(lines.plant, weights=lines.gwh_per_year, minlength=len(names))
    table = tables.load("plants").set_index("plant").loc[names, "gwh_per_year"].to_numpy(np.float64)
    assert found == pytest.approx(table, rel=EXACT)


def test_a_line_makes_5_to_10_gwh_a_year_unless_the_whole_plant_is_smaller(read: tuple[Lines, list[str]]) -> None:
    lines, _ = read
    plant_gwh = np.bincount(lines.plant, weights=lines.gwh_per_year)[lines.plant]
    assert lines.gwh_per_year.max() <= LARGEST_LINE_GWH
    assert lines.gwh_per_year[plant_gwh >= SMALLEST_LINE_GWH].min() >= SMALLEST_LINE_GWH
    assert (lines.gwh_per_year[plant_gwh < SMALLEST_LINE_GWH] == plant_gwh[plant_gwh < SMALLEST_LINE_GWH]).all()


@pytest.mark.parametrize(
    ("plant", "count", "gwh"),
    [
        ("tesla_nevada_lfp", 1, 10.0),
        ("lges_holland_2", 2, 8.25),
        ("gm_lg_ultium1", 5, 8.2),
        ("gm_lg_ultium2", 5, 10.0),
    ],
)
def test_a_plant_has_as_few_equal_lines_as_it_can(
    read: tuple[Lines, list[str]], plant: str, count: int, gwh: float
) -> None:
    assert read[0].gwh_per_year[of_plant(read, plant)] == pytest.approx(np.full(count, gwh), rel=EXACT)


def test_a_plant_that_assembles_bought_cells_has_no_lines(read: tuple[Lines, list[str]]) -> None:
    table = tables.load("plants")
    assert "tesla_lathrop" in table["plant"].to_list()
    assert "tesla_lathrop" not in read[1]
    assert len(read[1]) == len(table) - int((table["built_for"] == "storage assembly").sum())


def test_what_has_a_date_is_building_until_then_and_what_has_none_is_announced(read: tuple[Lines, list[str]]) -> None:
    lines, names = read
    without_date = {names[place] for place in lines.plant[lines.status == LineStatus.ANNOUNCED]}
    assert without_date == {"ford_blueoval_ky2", "skon_tennessee"}
    assert set(lines.status) == {LineStatus.ANNOUNCED, LineStatus.BUILDING}
    assert (lines.ready[lines.status == LineStatus.ANNOUNCED] == NEVER).all()
    ky2, kansas = of_plant(read, "ford_blueoval_ky2"), of_plant(read, "panasonic_kansas")
    assert set(lines.waiting_since[ky2]) == {quarters.index("2021Q3")}
    assert set(lines.ready[kansas]) == {quarters.index("2025Q1")}


def test_at_the_end_of_2024_seven_plants_run_all_for_cars(read: tuple[Lines, list[str]]) -> None:
    """39 + 41 + 50 + 33 + 5 + 21.5 + 3 = 192.5 GWh a year."""
    lines, names = read
    lines.complete(ORIGIN)
    running = lines.running(ORIGIN)
    assert {names[place] for place in lines.plant[running]} == {
        "panasonic_nevada", "gm_lg_ultium1", "gm_lg_ultium2", "starplus_1", "lges_holland", "skon_commerce",
        "aesc_smyrna",
    }  # fmt: skip
    assert lines.gwh_per_year[lines.making(Use.VEHICLES, ORIGIN)].sum() == pytest.approx(192.5, rel=EXACT)
    assert not lines.making(Use.STORAGE, ORIGIN).any()


def test_only_one_plant_is_built_for_storage_and_none_is_turned(read: tuple[Lines, list[str]]) -> None:
    lines, names = read
    assert {names[place] for place in lines.plant[~lines.for_cars]} == {"tesla_nevada_lfp"}
    assert (lines.use == np.where(lines.for_cars, Use.VEHICLES, Use.STORAGE)).all()
    assert not lines.converted.any()


def test_chemistry_seller_and_credit_come_from_the_table(read: tuple[Lines, list[str]]) -> None:
    lines, names = read
    iron = {names[place] for place in lines.plant[lines.chemistry == IRON]}
    assert iron == {"tesla_nevada_lfp", "ford_blueoval_mi"}
    assert set(lines.chemistry[of_plant(read, "panasonic_nevada")]) == {NICKEL_CYLINDER}
    assert (lines.car_chemistry == lines.chemistry).all()
    assert {names[place] for place in lines.plant[~lines.credited]} == {"nextstar_windsor"}
    assert set(lines.maker[of_plant(read, "lges_arizona")]) == {OPEN_MARKET}
    assert {SELLERS[maker] for maker in lines.maker[of_plant(read, "aesc_smyrna")]} == {"Nissan"}
    assert SELLERS[:OPEN_MARKET] == MAKERS
