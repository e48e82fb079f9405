"""The managed-charging programme: its contract over GRID_POLICIES, and what it does in whole runs (M21)."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from market.base import quarters
from market.policies.managed_charging import ManagedCharging
from market.policies.registry import GRID_POLICIES
from market.power.grid_parameters import Grid
from tests.market.shipped import LONG, Run, shipped_runs

ORIGIN = quarters.index("2024Q4")
LATER = ("grid.managed_from=2030Q1", "grid.managed_known=2029Q3")

Programme = Callable[..., ManagedCharging]


@pytest.fixture
def programme() -> Programme:
    """Maker of the programme that reaches 0.8 of BEVs in four years from 2026 on."""

    def build(name: str = "managed_charging", origin: int = ORIGIN, **levers: object) -> ManagedCharging:
        return GRID_POLICIES[name](Grid.model_validate({"managed_share": 0.8} | levers), origin)

    return build


@pytest.mark.parametrize("name", GRID_POLICIES)
def test_it_is_nothing_before_its_first_quarter_and_its_level_in_the_end(programme: Programme, name: str) -> None:
    shares = np.array([programme(name).share(quarter) for quarter in range(ORIGIN + 41)])
    first = quarters.index("2026Q1")
    assert not shares[:first].any()
    assert shares[first : first + 16] == pytest.approx(0.05 * np.arange(1, 17), rel=1e-12)
    assert (shares[first + 16 :] == 0.8).all()


@pytest.mark.parametrize("name", GRID_POLICIES)
def test_it_is_nothing_to_the_origin_whatever_its_date(programme: Programme, name: str) -> None:
    early = programme(name, managed_from="2020Q1", managed_ramp_years=0.25)
    assert early.share(ORIGIN) == 0.0
    assert early.share(ORIGIN + 1) == 0.8


@pytest.mark.parametrize("name", GRID_POLICIES)
def test_at_level_zero_there_is_none(programme: Programme, name: str) -> None:
    assert not any(programme(name, managed_share=0.0).share(quarter) for quarter in range(80))


@pytest.mark.parametrize("name", GRID_POLICIES)
def test_planners_count_on_it_once_they_know(programme: Programme, name: str) -> None:
    made = programme(name)
    known = quarters.index("2025Q3")
    assert made.known_from == known
    assert made.expected_share(known - 1, 12) == 0.0
    assert made.expected_share(known, 12) == made.share(known + 12) > 0.5


# Whole runs


@pytest.fixture(scope="module")
def run() -> Run:
    return shipped_runs(LONG)


def national(run: Run, *names: str) -> pd.DataFrame:
    return run(*names).recorder.frame("national")


def test_every_managed_car_takes_0_8_kw_off_the_peak_and_a_part_off_the_price(run: Run) -> None:
    """Published: 0.9 to 1.5 kW a car unmanaged, 0.2 to 0.4 managed, so 0.5 to 1.3 less (evidence A8).

    A kW of capacity costs 89 to 150 $ a year, and prices carry 0.5 to 1 of it: 22 to 195 $ a year and car.
    """
    managed, plain = (national(run, name).iloc[-1] for name in ("managed-charging", "reference"))
    assert managed["managed_charging_share"] == 0.7
    enrolled = 0.7 * managed["bev_stock"]
    less_kw = (plain["bev_peak_load_gw"] - managed["bev_peak_load_gw"]) * 1e6 / enrolled
    assert 0.5 <= less_kw <= 1.3
    regions = [run(name).recorder.frame("regions").tail(10) for name in ("managed-charging", "reference")]
    peak = run("reference").grid.regions.peak_gw(2033, 2024)
    energy_kwh = peak * 1e6 * 0.55 * 8_760
    fall = regions[1]["electricity_rise_usd_per_kwh"].to_numpy() - regions[0]["electricity_rise_usd_per_kwh"].to_numpy()
    assert (fall > 0.0).all()
    assert 22.0 <= (fall * energy_kwh).sum() / enrolled <= 195.0


def test_to_the_origin_no_price_of_power_moves(run: Run) -> None:
    rows = national(run, "managed-charging")
    to_origin = rows["quarter"] <= "2024Q4"
    assert (rows.loc[to_origin, "electricity_rise_usd_per_kwh"] == 0.0).all()
    assert (rows.loc[rows["quarter"] > "2026Q1", "electricity_rise_usd_per_kwh"] != 0.0).all()


@pytest.mark.parametrize("table", ["national", "regions", "zones", "storage_contracts"])
def test_before_it_is_known_a_coming_programme_changes_nothing_bit_for_bit(run: Run, table: str) -> None:
    found, wanted = (run(*names).recorder.frame(table) for names in (("managed-charging", *LATER), ("reference",)))
    if table == "storage_contracts":
        found, wanted = found[found["end"] < "2029Q3"], wanted[wanted["end"] < "2029Q3"]
    else:
        found, wanted = found[found["quarter"] < "2029Q3"], wanted[wanted["quarter"] < "2029Q3"]
    pd.testing.assert_frame_equal(found, wanted, check_exact=True)


def test_between_knowledge_and_start_only_plans_for_storage_change(run: Run) -> None:
    found, wanted = (national(run, *names) for names in (("managed-charging", *LATER), ("reference",)))
    between = (wanted["quarter"] >= "2029Q3") & (wanted["quarter"] < "2030Q1")
    same = ["bev_peak_load_gw", "electricity_usd_per_kwh", "managed_charging_share"]
    pd.testing.assert_frame_equal(found.loc[between, same], wanted.loc[between, same], check_exact=True)
    ordered = "storage_ordered_gwh"
    assert found.loc[between, ordered].sum() < wanted.loc[between, ordered].sum()


def test_cars_that_give_power_back_take_the_place_of_storage(run: Run) -> None:
    giving = national(run, "managed-charging", "grid.vehicle_to_grid_kw=5")
    plain = national(run, "managed-charging")
    assert giving["storage_installed_gw"].iloc[-1] < plain["storage_installed_gw"].iloc[-1]
    assert giving["electricity_rise_usd_per_kwh"].iloc[-1] < plain["electricity_rise_usd_per_kwh"].iloc[-1]
