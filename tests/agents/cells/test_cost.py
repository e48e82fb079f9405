"""Cost of cells (M12): Wright's law, lithium, yield and use."""

import numpy as np
import pytest

from agents.cells.cost import (
    IRON_CELL_KG_PER_KWH,
    MATERIALS,
    NICKEL_CELL_KG_PER_KWH,
    cell_cost_usd_per_kwh,
    learning_factor,
    material_usd_per_kwh,
    ramp_yield,
)


@pytest.mark.parametrize(("rate", "factor"), [(0.14, 0.7396), (0.18, 0.6724), (0.20, 0.6400), (0.24, 0.5776)])
def test_fourfold_output_is_two_doublings_of_wrights_law(rate: float, factor: float) -> None:
    assert learning_factor(np.array(4.0), rate) == pytest.approx(factor, abs=1e-12)


BASE = np.array([11.0, 17.0, 5.0])


@pytest.mark.parametrize(
    ("material", "nickel_cell", "iron_cell"), [("lithium", 6.0, 6.0), ("nickel", 7.0, 0.0), ("graphite", 10.0, 10.0)]
)
def test_ten_dollars_a_kg_of_a_material_on_a_kwh(material: str, nickel_cell: float, iron_cell: float) -> None:
    dearer = BASE + 10.0 * (np.array(MATERIALS) == material)
    assert material_usd_per_kwh(40.0, NICKEL_CELL_KG_PER_KWH, dearer, BASE) == pytest.approx(40.0 + nickel_cell)
    assert material_usd_per_kwh(40.0, IRON_CELL_KG_PER_KWH, dearer, BASE) == pytest.approx(40.0 + iron_cell)
    assert material_usd_per_kwh(40.0, IRON_CELL_KG_PER_KWH, BASE, BASE) == 40.0


def test_a_cell_costs_its_parts() -> None:
    by_hand = (50 + 20) / 0.8 - (1 / 0.8 - 1) * 10 + 15 / 0.5
    found = cell_cost_usd_per_kwh(50.0, np.array(20.0), np.array(0.8), 10.0, 15.0, np.array(0.5))
    assert found == pytest.approx(by_hand)


@pytest.mark.parametrize(("cell_yield", "use"), [(0.0, 1.0), (0.9, 0.0)])
def test_no_yield_or_no_use_is_refused(cell_yield: float, use: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        cell_cost_usd_per_kwh(50.0, np.array(20.0), np.array(cell_yield), 0.0, 15.0, np.array(use))


def test_the_ramp_takes_equal_steps_and_ends_level() -> None:
    assert ramp_yield(np.arange(6.0), 0.65, 0.93, 4) == pytest.approx([0.65, 0.72, 0.79, 0.86, 0.93, 0.93])
