"""What is on offer: recorded to the end of the records, on trends after it."""

import numpy as np
import pytest

from market.base import quarters, tables
from market.base.categories import (
    BEV,
    BEV_LONG,
    BEV_SHORT,
    BEV_TESLA,
    CONNECTORS,
    ICE,
    KINDS,
    MAKERS,
    POWERTRAINS,
    SEGMENTS,
)
from market.buyers.offer_values import mean_by_kind
from market.vehicles.parameters import Makers
from market.vehicles.products import Products, damped_years

MOST_ON_OFFER = 80


def place(products: Products, name: str) -> int:
    return products.names.index(name)


def test_at_most_80_products_are_on_offer_and_nests_are_in_order(products: Products) -> None:
    for quarter in range(0, quarters.index("2030Q4"), 5):
        assert 0 < products.at(quarter).on_offer.sum() <= MOST_ON_OFFER
    code = products.segment * len(POWERTRAINS) + products.powertrain
    assert (np.diff(code) >= 0).all()
    assert (np.diff(products.nests().product_nest) >= 0).all()


def test_attributes_in_the_middle_of_a_year_are_those_of_the_model_year(products: Products) -> None:
    table = tables.load("products")
    row = table[(table["line"] == "Model 3") & (table["model_year"] == 2020)].iloc[0]
    middle = [
        products.at(quarters.index(name)).range_miles[place(products, "Tesla Model 3 BEV")]
        for name in ("2020Q2", "2020Q3")
    ]
    assert np.mean(middle) == pytest.approx(row["range_miles"], rel=0.02)


def test_recorded_prices_are_list_prices_times_the_market_ratio_in_dollars_of_2025(products: Products) -> None:
    table, ratios = tables.load("products"), tables.load("transaction_price_index")
    row = table[(table["maker"] == "Toyota") & (table["segment"] == "car") & (table["powertrain"] == "ICE")].set_index(
        "model_year"
    )["msrp_usd_nominal"]
    ratio = ratios[(ratios["maker_group"] == "other") & (ratios["powertrain_group"] == "not_BEV")].set_index("quarter")[
        "ratio"
    ]
    nominal = (row[2019] + (row[2020] - row[2019]) / 8) * ratio["2019Q4"] + (row[2020] - row[2019]) / 4 * ratio[
        "2019Q4"
    ]
    by_hand = tables.real_2025(np.array([nominal]), np.array([2019]))[0] / 1e3
    found = products.recorded_price_kusd[quarters.index("2019Q4"), place(products, "Toyota car ICE")]
    assert found == pytest.approx(by_hand, rel=1e-9)


def test_what_left_before_the_records_end_does_not_return_and_what_was_there_stays(products: Products) -> None:
    bolt = place(products, "GM car BEV")
    assert products.at(quarters.index("2023Q4")).on_offer[bolt]
    assert not products.at(quarters.index("2024Q1")).on_offer[bolt]
    assert not products.at(quarters.index("2030Q1")).on_offer[bolt]
    last = products.at(quarters.LAST_RECORD).on_offer
    assert np.array_equal(products.at(quarters.index("2029Q3")).on_offer, last)


def test_bevs_follow_damped_trends_after_the_records_and_others_do_not(products: Products) -> None:
    makers, later = Makers(), quarters.LAST_RECORD + 8
    before, after = products.at(quarters.LAST_RECORD), products.at(later)
    bev = before.on_offer & products.is_bev
    growth = np.exp(makers.variety_growth * (makers.variety_damping**2 - 1) / np.log(makers.variety_damping))
    assert after.effective_models[bev] == pytest.approx(before.effective_models[bev] * growth)
    assert after.range_miles[bev] == pytest.approx(before.range_miles[bev] * (1 + makers.range_growth) ** 2)
    gasoline = products.powertrain == ICE
    assert np.array_equal(after.effective_models[gasoline], before.effective_models[gasoline])


def test_damping_of_one_is_no_damping_and_of_nought_no_growth() -> None:
    assert damped_years(3.0, 1.0) == 3.0
    assert damped_years(3.0, 0.0) == 0.0
    assert damped_years(200.0, 0.8) == pytest.approx(-1.0 / np.log(0.8))


def test_a_bev_is_teslas_or_long_range_from_200_miles_on(products: Products) -> None:
    tesla = products.maker == MAKERS.index("Tesla")
    for quarter in (0, 20, 31):
        offers = products.at(quarter)
        other = (products.powertrain == BEV) & ~tesla
        assert (offers.kind[tesla] == BEV_TESLA).all()
        assert np.array_equal(offers.kind[other] == BEV_LONG, offers.range_miles[other] >= 200.0)
        assert np.isin(offers.kind[other], (BEV_SHORT, BEV_LONG)).all()


def test_bevs_alone_have_a_plug_minutes_and_motor_power(products: Products) -> None:
    offers = products.at(quarters.LAST_RECORD)
    tesla = products.maker == MAKERS.index("Tesla")
    assert np.array_equal(products.connector >= 0, products.is_bev)
    assert np.array_equal(products.connector == CONNECTORS.index("Tesla"), tesla)
    assert (offers.fast_charging_minutes[products.is_bev] > 15).all()
    assert (offers.power_kw[products.is_bev] > 50).all()
    assert not offers.fast_charging_minutes[~products.is_bev].any()
    assert not offers.power_kw[~products.is_bev].any()


def test_every_product_has_a_name_of_its_own_and_lines_are_named_as_in_the_table(products: Products) -> None:
    assert len(set(products.names)) == products.size
    assert products.line[place(products, "Tesla Model Y BEV")] == "Model Y"
    assert products.line[place(products, "GM car BEV")] == ""


def test_a_line_counts_by_its_share_of_the_models_when_its_row_was_split(products: Products) -> None:
    """Model S stood alone until Model 3 came: one model of two; Model Y shares its row with none."""
    table = tables.load("products").set_index(["line", "model_year"])["n_effective"]
    for name in ("Model S", "Model 3"):
        assert products.split_share[place(products, f"Tesla {name} BEV")] == 0.5
    assert products.split_share[place(products, "Tesla Model Y BEV")] == 1.0
    mass, premium = table["mass car", 2017], table["premium car", 2017]
    found = products.split_share[place(products, "Rest of market mass car BEV")]
    assert found == pytest.approx(mass / (mass + premium), rel=1e-12)
    assert (products.split_share[~products.is_bev] == 1.0).all()


def test_prices_of_a_line_follow_its_list_prices_quarter_by_quarter(products: Products) -> None:
    lists = tables.load("list_prices").set_index(["line", "quarter"])["msrp_usd_nominal"]
    ratios = tables.load("transaction_price_index").query("maker_group == 'Tesla'").set_index("quarter")["ratio"]
    for quarter in ("2019Q4", "2022Q4", "2023Q1"):
        nominal = lists["Model Y" if quarter > "2020" else "Model 3", quarter] * ratios[quarter]
        by_hand = tables.real_2025(np.array([nominal]), np.array([int(quarter[:4])]))[0] / 1e3
        name = "Tesla Model Y BEV" if quarter > "2020" else "Tesla Model 3 BEV"
        assert products.recorded_price_kusd[quarters.index(quarter), place(products, name)] == pytest.approx(by_hand)


def test_a_kind_without_products_keeps_the_mean_it_had(products: Products) -> None:
    offers = products.at(0)
    otherwise = np.full(len(KINDS), 77.0)
    means = mean_by_kind(np.full(products.size, 3.0), offers, otherwise)
    present = np.isin(np.arange(len(KINDS)), offers.kind[offers.on_offer])
    assert means[present] == pytest.approx(3.0)
    assert (means[~present] == 77.0).all()


def test_products_of_makers_are_all_products_once(products: Products) -> None:
    parts = np.concatenate([products.of_maker(maker) for maker in range(len(MAKERS))])
    assert sorted(parts) == list(range(products.size))
    assert set(products.segment) <= set(range(len(SEGMENTS)))


def test_the_lever_on_minutes_bounds_those_of_new_bevs_after_the_origin_alone(products: Products) -> None:
    origin = quarters.LAST_RECORD
    fast = Products(origin + 4, origin, origin, Makers(most_charging_minutes=10.0))
    before, after = (fast.at(quarter).fast_charging_minutes for quarter in (origin, origin + 1))
    assert np.array_equal(before, products.at(origin).fast_charging_minutes)
    assert after[products.is_bev].tolist() == [10.0] * int(products.is_bev.sum())
    assert not after[~products.is_bev].any()
