"""Reserve margins and prices of capacity in the power regions (M16)."""

from collections.abc import Callable

import numpy as np
import pytest

from agents.arrays import Floats
from market.base import tables
from market.base.sets import region_names
from market.power.capacity import Accreditation, CapacityMarket
from market.power.parameters import Storage
from market.power.regions import PowerRegions
from tests.market.power.power_sides import EXACT, OF

REGIONS = region_names()

NOTHING = np.zeros(len(REGIONS))
FOUR = np.full(len(REGIONS), 4.0)
PEAK = np.full(len(REGIONS), 100.0)

Made = Callable[..., CapacityMarket]


@pytest.fixture
def market_of() -> Made:
    """Maker of capacity markets, with parameters of storage."""

    def build(**levers: float) -> CapacityMarket:
        storage = Storage.model_validate(levers)
        return CapacityMarket(storage, PowerRegions(storage))

    return build


def lived(market: CapacityMarket, last: int, growth: float = 0.0, storage: Floats = NOTHING) -> CapacityMarket:
    """Years from 2017 on with peaks that grow after 2024."""
    for year in range(2017, last + 1):
        now, then = ((1.0 + growth) ** max(0, at - 2024) * PEAK for at in (year, year + 5))
        market.open_year(year, (now, then), (storage, storage), FOUR)
    return market


def test_up_to_its_last_auction_a_region_is_paid_what_was_cleared(market_of: Made) -> None:
    market = lived(market_of(), 2024)
    table = tables.load("capacity_prices").set_index(["region", "year"])["usd_per_kw_year_2025"]
    assert market.price_usd == pytest.approx([table.loc[(region, 2024)] for region in REGIONS], rel=EXACT)
    assert market.coming_usd[OF["PJM"]] == table.loc[("PJM", 2025)]
    assert market.coming_usd[OF["MISO"]] == table.loc[("MISO", 2024)]


def test_firm_capacity_at_the_last_auction_is_what_its_price_implies(market_of: Made) -> None:
    """The curve at the implied margin gives the price back; ISO-NE at the price of 2025."""
    market = lived(market_of(), 2024, storage=np.full(len(REGIONS), 5.0))
    price = market.curve.price(market.margin, market.net_cone_usd)
    paid = [OF[name] for name in ("MISO", "NYISO", "Southeast", "SPP", "West-nonISO", "AK/HI", "CAISO")]
    assert price[paid] == pytest.approx(market.price_usd[paid], rel=1e-9)
    assert price[OF["ISO-NE"]] == pytest.approx(31.2, rel=1e-9)


def test_nobody_is_paid_for_capacity_in_texas(market_of: Made) -> None:
    market = lived(market_of(), 2032, growth=0.05)
    assert market.price_usd[OF["ERCOT"]] == 0.0
    assert market.outlook(OF["ERCOT"], 120.0, 4.0).price_usd(0.0) == 0.0
    assert np.isnan(market.margin[OF["ERCOT"]])


def test_with_peaks_that_grow_as_was_expected_the_price_stands_for_the_lag_of_a_plant(market_of: Made) -> None:
    """The Southeast expected 0.6 % a year: 0.6 % of what stood enters each year, and what retires is replaced."""
    market, place = market_of(retirement_per_year=0.0), OF["Southeast"]
    last, expected = lived(market, 2024).price_usd[place], market._regions.growth_before[place]
    for year in range(2025, 2030):
        peak = (1.0 + expected * (year - 2024)) * PEAK
        market.open_year(year, (peak, peak), (NOTHING, NOTHING), FOUR)
        assert market.price_usd[place] == pytest.approx(last, rel=1e-9)


def test_storage_and_slower_peaks_lower_the_price_and_retirement_raises_it(market_of: Made) -> None:
    place = OF["Southeast"]
    price = lived(market_of(), 2027, growth=0.02).price_usd[place]
    assert lived(market_of(), 2027, growth=0.03).price_usd[place] > price
    fast = market_of()
    lived(fast, 2026, growth=0.02)
    fast.open_year(2027, (1.02**3 * PEAK, 1.02**8 * PEAK), (0.05 * PEAK, 0.05 * PEAK), FOUR)
    assert fast.price_usd[place] < price
    assert (
        lived(market_of(retirement_per_year=0.03), 2034, growth=0.0).firm_gw[place]
        < (lived(market_of(retirement_per_year=0.0), 2034, growth=0.0).firm_gw[place])
    )


def test_gas_decided_in_2025_runs_in_2030_by_hand(market_of: Made) -> None:
    """The Southeast in 2025 at a peak of 100 GW that will be 130: half of what is then missing enters in 2030."""
    market, place = market_of(retirement_per_year=0.0), OF["Southeast"]
    lived(market, 2024)
    firm = market.firm_gw[place]
    entry = market._regions.growth_before[place] * firm
    market.open_year(2025, (PEAK, 1.3 * PEAK), (NOTHING, NOTHING), FOUR)
    assert market.firm_gw[place] == pytest.approx(firm + entry, rel=EXACT)
    assert market.entering_gw[:-1, place] == pytest.approx(np.full(4, entry), rel=EXACT)
    assert market.entering_gw[-1, place] == pytest.approx(0.5 * (1.15 * 130.0 - firm - 5.0 * entry), rel=EXACT)


def test_gas_that_enters_brings_a_tight_region_back_towards_net_cone(market_of: Made) -> None:
    """Peaks 2 % a year: tightest when the first plants decided after 2024 run, then easier."""
    market, place, prices = market_of(), OF["Southeast"], {}
    for year in range(2017, 2045):
        now, then = (1.02 ** max(0, at - 2024) * PEAK for at in (year, year + 5))
        market.open_year(year, (now, then), (NOTHING, NOTHING), FOUR)
        prices[year] = market.price_usd[place] / market.net_cone_usd[place]
    assert 1.5 < prices[2029] <= 1.6
    assert prices[2040] < prices[2029]
    assert prices[2040] == pytest.approx(prices[2044], rel=0.02)


def test_planners_see_the_plants_of_the_next_three_years(market_of: Made) -> None:
    market, place = market_of(retirement_per_year=0.01), OF["MISO"]
    lived(market, 2024)
    seen = market.outlook(place, 110.0, 4.0)
    firm = market.firm_gw[place]
    for entering in market.entering_gw[:3, place]:
        firm = 0.99 * firm + entering
    assert seen.firm_share == pytest.approx(firm / 110.0, rel=EXACT)
    assert (seen.first, seen.half) == (0.95, 0.15)


def test_credit_is_that_of_the_table_and_straight_between_durations() -> None:
    """CAISO: 0.96 and 0.5 for four hours, 0.98 and 0.9 for eight; PJM 0.59 for four."""
    credit = Accreditation(Storage(), REGIONS)
    assert credit.of(OF["CAISO"], 4.0) == (0.96, 0.50)
    assert credit.of(OF["CAISO"], 6.0) == pytest.approx((0.97, 0.70), rel=EXACT)
    assert credit.of(OF["PJM"], 4.0)[0] == 0.59
    assert credit.of(OF["PJM"], 1.0) == credit.of(OF["PJM"], 2.0)
    more = Accreditation(Storage(accreditation_factor=1.2, accreditation_scale_factor=2.0), REGIONS)
    assert more.of(OF["CAISO"], 4.0) == (1.0, 1.0)


def test_credit_falls_slower_for_longer_durations_in_every_region() -> None:
    table = tables.load("storage_accreditation").sort_values(["region", "hours"], kind="stable")
    for column in ("first_share", "half_share_of_peak"):
        wide = table.pivot(index="region", columns="hours", values=column)
        assert (np.diff(wide.to_numpy(), axis=1) > 0.0).all()
