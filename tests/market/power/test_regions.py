"""What the tables hold of the power regions (M16, M17)."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from agents.arrays import Floats
from market.base import quarters, tables
from market.base.sets import region_names
from market.power.parameters import Storage
from market.power.regions import ECONOMIC_HOURS, PowerRegions

REGIONS = region_names()

EXACT = 1e-12
ORIGIN = quarters.index("2024Q4")
OF = {name: place for place, name in enumerate(REGIONS)}

With = Callable[..., PowerRegions]


@pytest.fixture(scope="module")
def regions() -> PowerRegions:
    return PowerRegions(Storage())


@pytest.fixture(scope="module")
def with_() -> With:
    return lambda **levers: PowerRegions(Storage.model_validate(levers))


def by_region(**values: float) -> Floats:
    """An array over regions, nothing where none is named; underscores stand for hyphens."""
    return np.array([values.get(name.replace("-", "_"), 0.0) for name in REGIONS])


def test_recorded_additions_are_those_of_the_table_with_their_duration(regions: PowerRegions) -> None:
    table = tables.load("storage_additions").set_index(["region", "year"])
    for year in range(2017, 2025):
        power, energy = regions.recorded(year)
        assert power == pytest.approx([table.loc[(name, year), "gw"] for name in REGIONS], rel=EXACT)
        assert energy == pytest.approx([table.loc[(name, year), "gwh"] for name in REGIONS], rel=EXACT)


def test_committed_projects_are_part_of_the_proposed_and_known_at_the_end_of_2024_only(regions: PowerRegions) -> None:
    """ERCOT 10.165 GW and PJM 0.381 GW proposed for 2026; 0.6 of it is built."""
    found = regions.committed_gw(2026, ORIGIN)
    assert found[OF["ERCOT"]] == pytest.approx(0.6 * 10.165, rel=EXACT)
    assert found[OF["PJM"]] == pytest.approx(0.6 * 0.381, rel=EXACT)
    for origin in (ORIGIN - 1, quarters.index("2019Q4")):
        assert not regions.committed_gw(2026, origin).any()
    assert not regions.committed_gw(2029, ORIGIN).any()


def test_the_part_of_proposed_projects_that_is_built_is_a_parameter(with_: With, regions: PowerRegions) -> None:
    assert with_(pipeline_completion=0.3).committed_gw(2026, ORIGIN) == pytest.approx(
        regions.committed_gw(2026, ORIGIN) / 2.0, rel=EXACT
    )
    assert not with_(pipeline_completion=0.0).committed_gw(2026, ORIGIN).any()


def test_committed_projects_have_the_duration_of_the_last_recorded_year_or_four_hours(regions: PowerRegions) -> None:
    """SPP added nothing in 2024, CAISO 0.0435 GW with 0.18 GWh in 2017."""
    power, energy = regions.recorded(2024)
    found = regions.firm_hours(2024)
    assert found[OF["SPP"]] == ECONOMIC_HOURS
    assert found * power == pytest.approx(energy, rel=EXACT)
    assert regions.firm_hours(2017)[OF["CAISO"]] == pytest.approx(0.18 / 0.0435, rel=EXACT)


@pytest.mark.parametrize(
    ("year", "known", "region", "gw"),
    [
        (2025, "2021Q1", "CAISO", 0.0),
        (2025, "2021Q2", "CAISO", 1.125),
        (2030, "2025Q4", "CAISO", 0.0),
        (2030, "2026Q1", "CAISO", 1.0),
        (2031, "2023Q1", "PJM", 0.355),
        (2031, "2023Q2", "PJM", 0.355 + 0.35),
        (2021, "2020Q4", "CAISO", 0.832 + 1.2375),
    ],
)
def test_a_mandate_counts_from_the_quarter_it_is_known(
    regions: PowerRegions, year: int, known: str, region: str, gw: float
) -> None:
    assert regions.mandated_gw(year, quarters.index(known))[OF[region]] == pytest.approx(gw, rel=EXACT, abs=0.0)


def test_a_peak_is_the_recorded_one_and_then_grows(regions: PowerRegions) -> None:
    """ERCOT 74.8 GW in 2019 and, by the table, 6 % a year after 2024."""
    ercot = tables.load("peaks").query("region == 'ERCOT'").set_index("year")["gw"]
    place = OF["ERCOT"]
    assert regions.peak_gw(2019, 2024)[place] == 74.8
    assert regions.peak_gw(2026, 2024)[place] == pytest.approx(ercot[2024] * 1.06**2, rel=EXACT)
    assert regions.peak_ahead_gw(2026, 3, 2026)[place] == pytest.approx(ercot[2024] * 1.06**5, rel=EXACT)


def test_before_2025_nobody_expects_the_growth_of_the_data_center_wave(regions: PowerRegions) -> None:
    """ERCOT in 2023: 1.7 % a year."""
    assert regions.peak_ahead_gw(2023, 3, 2024)[OF["ERCOT"]] == pytest.approx(85.5 * 1.017**3, rel=EXACT)


def test_a_peak_known_to_an_earlier_year_grows_as_before_and_then_as_after_2024(regions: PowerRegions) -> None:
    """Known to 2019: 1.7 % a year to 2024, 6 % after."""
    found = regions.peak_gw(2026, 2019)[OF["ERCOT"]]
    assert found == pytest.approx(74.8 * 1.017**5 * 1.06**2, rel=EXACT)
    assert regions.peak_gw(2018, 2019)[OF["ERCOT"]] == 73.5


def test_a_cleared_price_is_that_of_the_table_and_years_before_it_take_the_first(regions: PowerRegions) -> None:
    prices = regions.capacity_price(np.full(len(REGIONS), 2022))
    assert prices[[OF["CAISO"], OF["PJM"], OF["ERCOT"]]].tolist() == [97.7, 35.2, 0.0]
    assert regions.capacity_price(np.full(len(REGIONS), 2010))[OF["PJM"]] == 44.7


def test_no_auction_held_after_2024_is_in_the_tables(regions: PowerRegions) -> None:
    """Each row says when the last auction behind it was held."""
    held = pd.to_datetime(tables.load("capacity_prices")["held_by"], format="%Y-%m-%d")
    assert held.max() <= pd.Timestamp("2024-12-31")
    last = dict(zip(REGIONS, regions.last_auction_year.tolist(), strict=True))
    assert (last["PJM"], last["ISO-NE"], last["MISO"]) == (2025, 2027, 2024)


def test_the_rest_of_a_project_gets_cheaper_as_projected(regions: PowerRegions) -> None:
    found = [regions.other_capex_usd_per_kwh(year) for year in (2020, 2025, 2028, 2035, 2045)]
    assert found == pytest.approx([190.0, 190.0, 190.0 * 0.9029, 190.0 * 0.7736, 190.0 * 0.7736], rel=EXACT)
    project = regions.project(2028, 0.3)
    assert project.hours == 4.0
    assert (project.credit_share, project.wacc) == (0.3, 0.07)
    assert project.other_capex_usd_per_kwh == pytest.approx(190.0 * 0.9029, rel=EXACT)


def test_part_of_a_projects_cost_goes_with_power(with_: With) -> None:
    """190 $/kWh at four hours, 0.35 of it with power: 2 hours 190 x (0.65 + 0.7), 8 hours 190 x (0.65 + 0.175)."""
    regions = with_(power_capex_share=0.35)
    found = [regions.other_capex_usd_per_kwh(2025, hours) for hours in (2.0, 4.0, 8.0)]
    assert found == pytest.approx([190.0 * 1.35, 190.0, 190.0 * 0.825], rel=EXACT)


def test_only_data_centers_beyond_those_forecast_add_to_the_peak(regions: PowerRegions, with_: With) -> None:
    quarter = quarters.index("2025Q1")
    assert not regions.arrivals_beyond_forecast_gw(quarter).any()
    more = with_(data_center_factor=3.0).arrivals_beyond_forecast_gw(quarter)
    assert more == pytest.approx(2.0 * regions.arrivals_mw(quarter) / 1e3, rel=EXACT)


def test_arrivals_of_data_centers_by_quarter(regions: PowerRegions, with_: With) -> None:
    """CAISO 199 MW in 2024; nothing is known before, and the last year holds on."""
    caiso = OF["CAISO"]
    assert regions.arrivals_mw(quarters.index("2024Q1"))[caiso] == pytest.approx(199.0 / 4.0, rel=EXACT)
    assert not regions.arrivals_mw(quarters.index("2023Q1")).any()
    assert regions.arrivals_mw(quarters.index("2060Q1")) == pytest.approx(
        regions.arrivals_mw(quarters.index("2035Q1")), rel=EXACT
    )
    assert regions.arrivals_mw(quarters.index("2035Q1")).any()
    assert with_(data_center_factor=3.0).arrivals_mw(quarters.index("2030Q1")) == pytest.approx(
        3.0 * regions.arrivals_mw(quarters.index("2030Q1")), rel=EXACT
    )


def test_delay_is_the_wait_beyond_the_time_to_build_and_never_negative(regions: PowerRegions, with_: With) -> None:
    """CAISO waits 5.5 years and ERCOT 2.5; building takes 1.5, or 4."""
    assert regions.delay_years()[[OF["CAISO"], OF["ERCOT"]]].tolist() == [4.0, 1.0]
    assert with_(build_years=4.0).delay_years()[[OF["CAISO"], OF["ERCOT"]]].tolist() == [1.5, 0.0]


def test_what_stood_at_the_start_by_region(regions: PowerRegions) -> None:
    expected = by_region(
        CAISO=0.073, ERCOT=0.034, PJM=0.1809, MISO=0.02, ISO_NE=0.0195, West_nonISO=0.0236, **{"AK/HI": 0.0652}
    )
    assert regions.installed_gw == pytest.approx(expected, rel=EXACT)
