"""What vehicles are worth, term by term (M2, M4, M6), and what does not matter when its weight is zero (D2 19, 20)."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from agents.arrays import Bools, Floats
from market.base import quarters
from market.base.categories import AGE_BUCKETS, BEV_LONG, BEV_SHORT, GOODS, HOMES, INCOMES, PHEV
from market.buyers.offer_values import Setting, Terms, new_terms, summed, used_service
from market.buyers.utility_terms import Prices, Running, money_weights, running_terms
from market.charging.access import ACCESS_CLASSES, CCS, TESLA, connector_share
from market.charging.perceived_access import Access
from market.charging.road_trips import RANGE_GRID_MILES
from market.exogenous.zones import Places
from market.scenario import Scenario
from market.vehicles.cohort_mix import CohortMixes
from market.vehicles.products import Offers, Products

Small = Callable[..., Scenario]
QUARTER = quarters.index("2022Q3")
NO_CHARGING = {"network_weight": 0.0, "living_public_weight": 0.0, "trip_time_weight": 0.0, "failed_visit_usd": 0.0}
RETENTION = np.array([0.55, 0.56, 0.5, 0.3, 0.42, 0.6])
REFERENCE_GALLONS = 1 / 27.0


@pytest.fixture(scope="module")
def offers(products: Products) -> Offers:
    return products.at(QUARTER)


@pytest.fixture(scope="module")
def prices(places: Places) -> Prices:
    return Prices(np.linspace(3.0, 5.5, places.size), np.linspace(0.11, 0.3, places.size), 0.45)


@pytest.fixture(scope="module")
def setting(products: Products, places: Places) -> Setting:
    return Setting(
        price_kusd=products.recorded_price_kusd[QUARTER], credit_kusd=np.zeros((1, len(INCOMES), products.size)),
        availability=np.ones((places.size, products.size)), retention=RETENTION, financing=1.05,
        resale_weight=np.full(products.size, 0.7),
    )  # fmt: skip


def access(places: Places, products: Products, level: float) -> Access:
    """Chargers at a level from 0 (none) to 1 (everywhere), different in every zone, the same for all BEVs."""
    tilt, classes = np.linspace(0.5, 1.0, places.size), len(ACCESS_CLASSES)
    coverage = level * tilt[:, None] * np.linspace(0.4, 1.0, RANGE_GRID_MILES.size)
    everywhere = np.full((classes, places.size), 0.85)
    of_products, none = only(connector_share(products).sum(axis=1), CCS), np.zeros(tilt.shape)
    of_goods = only(np.arange(GOODS) // 4 >= BEV_SHORT, CCS)
    by_class = np.stack([coverage] * classes), np.stack([level * tilt] * classes), everywhere
    return Access(*by_class, none, none, of_products, of_goods)


def only(share: Floats | Bools, of_class: int) -> Floats:
    """All vehicles of one class of access, shape (vehicles, classes)."""
    return np.asarray(share[:, None] * (np.arange(len(ACCESS_CLASSES)) == of_class), dtype=np.float64)


Terming = Callable[..., Terms]


@pytest.fixture(scope="module")
def terms(
    products: Products, places: Places, prices: Prices, setting: Setting, offers: Offers, small: Small
) -> Terming:
    """Terms of all new products; a changed setting, chargers and groups of parameters on demand."""

    def made(changed: Setting | None = None, level: float = 0.6, at: Prices = prices, **groups: object) -> Terms:
        here = setting if changed is None else changed
        scenario = small(**groups)
        shared = (access(places, products, level), at, REFERENCE_GALLONS, scenario.buyers, scenario.charging)
        return new_terms(products, offers, here, *shared, {})

    return made


def test_without_weight_on_charging_chargers_change_no_term_for_any_kind_of_buyer(terms: Terming) -> None:
    none, many = (terms(level=level, charging=NO_CHARGING) for level in (0.0, 1.0))
    for name, values in none.items():
        assert np.array_equal(values, many[name]), name
    assert not none["charging"].any()
    assert not np.array_equal(terms(level=0.0)["charging"], terms(level=1.0)["charging"])


def test_without_weight_on_charging_chargers_do_not_touch_used_cars_either(
    places: Places, products: Products, prices: Prices, small: Small
) -> None:
    bev = np.arange(GOODS) // 4 >= BEV_SHORT
    mix = CohortMixes(6.0).at(12, np.ones((256, 256)))
    size, is_bev = mix.kind.size, mix.kind >= BEV_SHORT
    running = Running(
        np.full(size, 220.0), np.full(size, 0.3), np.where(is_bev, 0.0, 0.04), np.full(size, 40.0), is_bev,
        mix.kind == PHEV, mix.miles_share, only(is_bev, CCS),
    )  # fmt: skip

    def service(level: float, **groups: object) -> Floats:
        scenario = small(**groups)
        shared = (access(places, products, level), prices, REFERENCE_GALLONS, scenario.buyers, scenario.charging)
        loss_kusd = scenario.ownership.battery_loss_kusd
        trouble, warranty = np.full(places.size, 0.1), np.full(len(AGE_BUCKETS), 8.0)
        return used_service(running, mix, np.zeros(GOODS), *shared, trouble, warranty, loss_kusd)

    assert np.array_equal(service(0.0, charging=NO_CHARGING), service(1.0, charging=NO_CHARGING))
    better = service(1.0) - service(0.0)
    assert (better[..., bev] > 0).all()
    assert not better[..., ~bev].any()


def test_chargers_matter_to_bevs_alone_and_most_without_charging_at_home(terms: Terming, products: Products) -> None:
    gain = terms(level=1.0)["charging"] - terms(level=0.0)["charging"]
    assert not gain[..., ~products.is_bev].any()
    bev = gain[..., products.is_bev]
    assert (bev > 0).all()
    assert (bev[:, :, 0] > bev[:, :, 1]).all()


@pytest.mark.parametrize("switch", sorted(NO_CHARGING))
def test_each_part_of_charging_has_its_own_switch(terms: Terming, products: Products, switch: str) -> None:
    """A part switched off is what all four are less the other three; only N depends on chargers."""
    alone = {name: 0.0 for name in NO_CHARGING if name != switch}
    part = terms(charging=alone)["charging"][..., products.is_bev]
    rest = terms(charging={switch: 0.0})["charging"][..., products.is_bev]
    assert part + rest == pytest.approx(terms()["charging"][..., products.is_bev], rel=1e-9)
    assert (part <= 0).all()
    assert part.min() < 0
    moves = not np.array_equal(part, terms(level=0.1, charging=alone)["charging"][..., products.is_bev])
    assert moves == (switch == "network_weight")


def test_life_without_home_charging_costs_nothing_to_those_who_have_it(terms: Terming, products: Products) -> None:
    alone = {name: 0.0 for name in NO_CHARGING if name != "living_public_weight"}
    part = terms(charging=alone)["charging"][..., products.is_bev]
    assert part.shape[2] == HOMES
    assert not part[:, :, 1].any()
    assert (part[:, :, 0] < 0).all()


def test_without_weight_on_resale_expected_used_prices_change_no_term(terms: Terming, setting: Setting) -> None:
    high, low = (
        replace(setting, retention=retention, resale_weight=np.zeros(setting.price_kusd.size))
        for retention in (RETENTION, RETENTION[::-1].copy())
    )
    first, second = terms(high), terms(low)
    for name, values in first.items():
        assert np.array_equal(values, second[name]), name
    assert not first["resale"].any()
    counted = [terms(replace(setting, retention=each))["resale"] for each in (RETENTION, RETENTION[::-1].copy())]
    assert not np.array_equal(counted[0], counted[1])


def test_the_resale_term_is_the_gap_to_gasoline_cars_worked_out_by_hand(
    terms: Terming, setting: Setting, offers: Offers, small: Small
) -> None:
    product = int(np.flatnonzero(offers.on_offer & (offers.kind == BEV_LONG))[0])
    gap = 0.7 * (0.55 - 0.42) * setting.price_kusd[product] / 1.07**5
    money = (98.0 / 85.0) ** -0.4
    assert money_weights(small().buyers.income_elasticity)[0, 2, 0, 0] == pytest.approx(money)
    assert terms()["resale"][0, 2, 0, product] == pytest.approx(-money * gap, rel=1e-12)


@pytest.mark.parametrize("amount", [0.0, 3.0, 7.5])
def test_a_credit_is_worth_a_price_cut_of_its_size_to_every_kind_of_buyer(
    terms: Terming, setting: Setting, products: Products, amount: float
) -> None:
    """D2 20 at the level of values: depreciation counts on the net price, financing on both."""
    credit = np.broadcast_to(amount * products.is_bev, setting.credit_kusd.shape)
    credited = terms(replace(setting, credit_kusd=credit))
    cheaper = terms(replace(setting, price_kusd=setting.price_kusd - amount * products.is_bev))
    on_offer = np.isfinite(credited["variety"][0, 0, 0])
    assert summed(credited)[..., on_offer] == pytest.approx(summed(cheaper)[..., on_offer], abs=1e-10)


def test_a_product_available_to_half_of_a_zone_is_chosen_half_as_often_at_the_product_level(
    terms: Terming, setting: Setting
) -> None:
    half = terms(replace(setting, availability=np.full_like(setting.availability, 0.5)))["availability"]
    assert 0.12 * half == pytest.approx(np.log(0.5))
    nowhere = terms(replace(setting, availability=np.zeros_like(setting.availability)))["availability"]
    assert np.isneginf(nowhere).all()


def test_what_is_not_on_offer_has_no_value(terms: Terming, offers: Offers) -> None:
    value = summed(terms())
    assert np.isneginf(value[..., ~offers.on_offer]).all()
    assert np.isfinite(value[..., offers.on_offer]).all()


def test_dearer_gasoline_favours_cars_by_what_they_save(
    terms: Terming, prices: Prices, products: Products, offers: Offers
) -> None:
    dearer = replace(prices, gasoline_usd_per_gallon=prices.gasoline_usd_per_gallon + 1.0)
    gain = (terms(at=dearer)["fuel"] - terms()["fuel"])[0, 2, 0]
    years = (1.0 - 1.07**-6) / 0.07
    money = (98.0 / 85.0) ** -0.4
    by_hand = money * 0.76 * 12.0 * years * (REFERENCE_GALLONS - offers.gallons_per_mile)
    plain = products.powertrain != PHEV
    assert gain[plain] == pytest.approx(by_hand[plain], rel=1e-9)
    bev_gain = gain[products.is_bev]
    assert bev_gain == pytest.approx(bev_gain[0])
    assert bev_gain[0] > 0


def test_coverage_between_grid_ranges_is_linear_and_held_beyond(places: Places, products: Products) -> None:
    here = access(places, products, 0.8)
    asked = np.array([10.0, 60.0, 125.0, 450.0, 600.0])
    found = here.coverage_at(asked, only(np.ones(5), TESLA))
    coverage = here.coverage[TESLA]
    assert found[:, 0] == pytest.approx(coverage[:, 0])
    assert found[:, 1] == pytest.approx(coverage[:, 0])
    assert found[:, 2] == pytest.approx((coverage[:, 1] + coverage[:, 2]) / 2)
    assert found[:, 3] == pytest.approx(coverage[:, -1])
    assert found[:, 4] == pytest.approx(coverage[:, -1])


def test_running_terms_are_shared_by_new_and_used_cars(
    terms: Terming, products: Products, places: Places, prices: Prices, offers: Offers, small: Small
) -> None:
    uses = access(places, products, 0.6).of_products
    running = Running.of_offers(offers, products.is_bev, products.powertrain == PHEV, uses)
    scenario = small()
    chargers = access(places, products, 0.6)
    shared = running_terms(running, chargers, prices, REFERENCE_GALLONS, scenario.buyers, scenario.charging)
    made = terms()
    for name, values in shared.items():
        assert np.array_equal(values, made[name]), name
