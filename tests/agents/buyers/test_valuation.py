"""What an offer is worth (M2, M4, M6): every term worked out by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.arrays import Floats
from agents.buyers import valuation
from agents.buyers.choice import Alphas, Nests, logit, new_vehicle_choice

EXACT = 1e-12


def test_an_annuity_is_the_sum_of_its_payments() -> None:
    assert valuation.annuity(6, 0.07) == pytest.approx(sum(1.07**-year for year in range(1, 7)), rel=EXACT)
    assert valuation.annuity(10, 0.0) == 10
    assert valuation.annuity(10, 1e-9) == pytest.approx(10.0, rel=1e-6)


def test_financing_changes_nothing_at_the_reference_rate() -> None:
    assert valuation.financing_ratio(0.05, 0.85) == pytest.approx(1.0, abs=EXACT)
    assert valuation.financing_ratio(0.09, 0.0) == 1.0


def test_a_loan_at_7_percent_makes_a_price_5_and_a_half_percent_dearer() -> None:
    # six payments at 5 % are worth 5.075692, at 7 % 4.766540: 0.15 + 0.85 x 1.064859
    assert valuation.financing_ratio(0.07, 0.85) == pytest.approx(1.0551300, abs=1e-7)


def test_money_weighs_less_for_the_rich_and_one_at_85_kusd() -> None:
    weight = valuation.money_weight(np.array([42.5, 85.0, 170.0]), 0.5)
    assert weight == pytest.approx([2**0.5, 1.0, 2**-0.5], rel=EXACT)


def test_a_plug_in_hybrid_of_30_miles_drives_half_its_miles_on_electricity() -> None:
    share = valuation.electric_share(np.array([0.0, 30.0, 40.0]))
    assert share == pytest.approx([0.0, 0.5276334, 0.6321206], abs=1e-7)


def fuel(gallons: float, kwh: float, gasoline: float = 3.0, electricity: float = 0.15) -> float:
    saving = valuation.fuel_saving_kusd(
        np.array(gallons),
        np.array(kwh),
        np.array(gasoline),
        np.array(electricity),
        miles_per_year=12_000,
        present_value_years=5.0,
        gasoline_weight=0.76,
        electricity_weight=0.35,
        reference_gallons_per_mile=0.05,
    )
    return float(saving)


def test_fuel_saved_is_counted_as_by_hand() -> None:
    assert fuel(0.05, 0.0) == 0.0
    assert fuel(0.04, 0.0) == pytest.approx(1.368, abs=EXACT)  # 60 k miles x 0.76 x $3 x 0.01 gal
    assert fuel(0.0, 0.3) == pytest.approx(5.895, abs=EXACT)  # 60 k x (0.114 - 0.35 x 0.15 x 0.3)


def test_dearer_gasoline_favours_what_burns_less_and_leaves_the_reference_alone() -> None:
    assert fuel(0.05, 0.0, gasoline=6.0) == 0.0
    assert fuel(0.0, 0.3, gasoline=4.0) - fuel(0.0, 0.3) == pytest.approx(2.28, abs=EXACT)
    assert fuel(0.0, 0.3, electricity=0.25) - fuel(0.0, 0.3) == pytest.approx(-0.63, abs=EXACT)


def test_range_is_worth_nothing_more_at_300_miles_and_omega_for_e_times_as_much() -> None:
    worth = valuation.range_value_kusd(np.array([150.0, 300.0, 300.0 * np.e]), 12.0)
    assert worth == pytest.approx([-8.31776617, 0.0, 12.0], abs=1e-8)


def test_a_bev_without_range_is_refused() -> None:
    with pytest.raises(ValueError, match="range above 0"):
        valuation.range_value_kusd(np.array([300.0, 0.0]), 12.0)


def test_variety_is_worth_nothing_for_one_model_and_rules_out_none() -> None:
    worth = valuation.variety_value_kusd(np.array([0.0, 1.0, np.e]), 0.5, 0.12)
    assert worth[0] == -np.inf
    assert worth[1:] == pytest.approx([0.0, 0.5 / 0.12], abs=EXACT)


def test_with_full_elasticity_a_product_of_three_models_sells_as_three_products() -> None:
    extra = valuation.variety_value_kusd(np.array([3.0, 1.0]), 1.0, 0.12)
    pooled, pooled_value = logit(np.array([4.0, 7.0]) + extra, 0.12)
    apart, apart_value = logit(np.array([4.0, 4.0, 4.0, 7.0]), 0.12)
    assert pooled[0] == pytest.approx(apart[:3].sum(), abs=EXACT)
    assert pooled_value == pytest.approx(apart_value, abs=EXACT)


def test_halves_of_a_row_carry_the_offset_of_the_specification() -> None:
    offset = valuation.split_offset_kusd(np.array([0.5, 1.0]), 0.5, 0.12)
    assert offset == pytest.approx([-2.888, 0.0], abs=5e-4)


@given(
    models=st.floats(0.5, 30.0),
    part=st.floats(0.02, 0.98),
    elasticity=st.floats(0.0, 1.0),
    value=st.floats(-60.0, 60.0),
)
def test_a_row_split_in_two_with_the_offset_leaves_every_other_share(
    models: float, part: float, elasticity: float, value: float
) -> None:
    """Through all levels of the nested logit; the halves together keep the share of the row."""
    alphas = Alphas(keep=0.02, market=0.03, segment=0.05, powertrain=0.077, product=0.12)

    def worth(of_row: list[float], share: list[float]) -> Floats:
        variety = valuation.variety_value_kusd(np.array(of_row), elasticity, alphas.product)
        return value + variety + valuation.split_offset_kusd(np.array(share), elasticity, alphas.product)

    others = np.array([-3.0, 5.0, 2.0])
    whole = Nests(np.array([0, 0, 1, 2]), np.array([0, 0, 1]))
    halves = Nests(np.array([0, 0, 0, 1, 2]), np.array([0, 0, 1]))
    rest = models * (1.0 - part)
    parts = worth([models * part, rest], [part, rest / models])
    before = new_vehicle_choice(np.concatenate([worth([models], [1.0]), others]), whole, alphas, np.zeros(3))
    after = new_vehicle_choice(np.concatenate([parts, others]), halves, alphas, np.zeros(3))
    assert after.product[2:] == pytest.approx(before.product[1:], abs=EXACT)
    assert after.product[:2].sum() == pytest.approx(before.product[0], abs=EXACT)
    assert after.nest == pytest.approx(before.nest, abs=EXACT)
    assert after.segment == pytest.approx(before.segment, abs=EXACT)
    assert after.inclusive_kusd == pytest.approx(before.inclusive_kusd, abs=1e-10)


def gap(price: float, retention: float, weight: float = 1.0, rate: float = 0.07) -> float:
    found = valuation.depreciation_gap_kusd(
        np.array(price),
        np.array(retention),
        np.array(0.5),
        resale_weight=np.array(weight),
        discount_rate=rate,
        years=5.0,
    )
    return float(found)


def test_a_car_that_keeps_15_points_less_costs_what_it_loses_more() -> None:
    assert gap(50.0, 0.35, rate=0.0) == pytest.approx(7.5, abs=EXACT)
    assert gap(50.0, 0.35) == pytest.approx(5.34739635, abs=1e-8)  # 7.5 / 1.07^5
    assert gap(50.0, 0.35, weight=0.7) == pytest.approx(0.7 * 5.34739635, abs=1e-8)


def test_resale_does_not_matter_without_weight_or_difference() -> None:
    assert gap(50.0, 0.35, weight=0.0) == 0.0
    assert gap(50.0, 0.5) == 0.0
    assert gap(50.0, 0.6) < 0.0


@given(st.floats(20, 90), st.floats(0, 10), st.floats(0.1, 0.8), st.floats(0, 1), st.floats(0.8, 1.4))
def test_a_credit_is_worth_as_much_as_a_price_cut(
    price: float, credit: float, retention: float, weight: float, financing: float
) -> None:
    """D2 case 20 for the terms: what is financed and what depreciates is the price net of the credit."""
    with_credit = -financing * price + financing * credit - gap(price - credit, retention, weight)
    with_cut = -financing * (price - credit) - gap(price - credit, retention, weight)
    assert with_credit == pytest.approx(with_cut, abs=1e-11)


def network(coverage: float, range_miles: float, adequacy: float, no_home: float) -> float:
    value = valuation.network_value_kusd(
        np.array(coverage),
        np.array(range_miles),
        np.array(adequacy),
        np.array(no_home),
        weight=2.0,
        coverage_kusd=6.5,
        local_kusd=1.5,
    )
    return float(value)


def test_a_network_that_covers_everything_costs_nothing() -> None:
    assert network(1.0, 80.0, 1.0, 1.0) == 0.0


def test_gaps_in_the_network_cost_as_worked_out_by_hand() -> None:
    assert network(0.4, 150.0, 1.0, 0.0) == pytest.approx(-15.6, abs=EXACT)  # 2 x 6.5 x 2 x 0.6
    assert network(1.0, 300.0, 0.5, 0.0) == pytest.approx(-1.5, abs=EXACT)  # 2 x 1.5 x 0.5
    assert network(0.4, 150.0, 0.5, 1.0) == pytest.approx(-18.6, abs=EXACT)


def test_living_on_public_charging_costs_money_and_time_as_by_hand() -> None:
    # money 3,600 x 0.85 x $0.20 = $612; 102 sessions x 0.25 h x $22 / 0.85 = $660; 5 years
    cost = valuation.public_living_cost_kusd(
        np.array(3_600.0),
        np.array(0.2),
        home_share=0.85,
        kwh_per_session=30.0,
        hours_per_session=0.25,
        time_value_usd_per_hour=22.0,
        plug_success=0.85,
        present_value_years=5.0,
    )
    assert cost == pytest.approx(6.36, abs=EXACT)


def test_ten_stops_a_year_cost_as_by_hand() -> None:
    # 1,530 miles in legs of 153; a stop takes 0.1 h + 18.36 minutes = 0.406 h at $22, 5 years
    cost = valuation.long_trip_time_cost_kusd(
        np.array(300.0),
        np.array(18.36),
        long_trip_miles_per_year=1_530.0,
        time_value_usd_per_hour=22.0,
        stop_overhead_hours=0.1,
        usable_range_share=0.51,
        present_value_years=5.0,
    )
    assert cost == pytest.approx(0.4466, abs=EXACT)


def test_six_failed_visits_a_year_cost_750_dollars_in_five_years() -> None:
    cost = valuation.failed_visit_cost_kusd(np.array(40.0), 0.85, cost_usd=25.0, present_value_years=5.0)
    assert cost == pytest.approx(0.75, abs=EXACT)
    assert valuation.failed_visit_cost_kusd(np.array(40.0), 1.0, cost_usd=25.0, present_value_years=5.0) == 0.0
