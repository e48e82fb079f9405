"""Trust, proof and chargers in whole runs: paired signs, and nothing left of a mechanism that is switched off."""

import numpy as np
import pandas as pd
import pytest

from market.model import Market
from tests.market.shipped import Run, shipped_runs

SMALL = ("run.consumers=2000", "run.fast_graph=true", "run.last_quarter=2030Q4", "cells.power_side=false")
NO_WEIGHT = (
    "charging.network_weight=0", "charging.living_public_weight=0", "charging.trip_time_weight=0",
    "charging.failed_visit_usd=0", "ownership.battery_loss_kusd=0",
)  # fmt: skip
LATE = "2028Q1"
MANY = ("run.mean_field=true", "run.fast_graph=true", "run.last_quarter=2028Q4", "cells.power_side=false")
"""For differences that the sampling error of 2,000 consumers would hide."""

RECORDED = (
    "run.consumers=500", "run.fast_graph=true", "run.origin=2023Q4", "run.last_quarter=2024Q4",
    "cells.power_side=false",
)  # fmt: skip


@pytest.fixture(scope="module")
def run() -> Run:
    """A run of a shipped scenario in small with seed 1; each is made once."""
    return shipped_runs(SMALL)


@pytest.fixture(scope="module")
def larger_run() -> Run:
    """A run of expected counts to 2028."""
    return shipped_runs(MANY)


def late(market: Market, column: str) -> float:
    """Mean of a national column from 2028 on."""
    national = market.recorder.frame("national")
    return float(national[national["quarter"] >= LATE][column].mean())


def old_car_price(market: Market) -> float:
    """Mean price of used long-range BEVs of 7 years and more from 2028 on, k$."""
    used = market.recorder.frame("used")
    hit = (used["kind"] == "BEV_long") & used["age_bucket"].isin(["7-10", "11+"]) & (used["quarter"] >= LATE)
    return float(used[hit]["price_kusd"].mean())


def discount(market: Market, column: str) -> float:
    """Mean of a column of used Teslas of 7 to 10 years, BEVs that are many enough, in 2026 and 2027."""
    used = market.recorder.frame("used")
    years = used["quarter"].between("2026Q1", "2027Q4")
    return float(used[(used["kind"] == "BEV_Tesla") & (used["age_bucket"] == "7-10") & years][column].mean())


def test_proof_brings_beliefs_to_the_truth_and_sells_bevs_new_and_used(larger_run: Run) -> None:
    proof, plain = larger_run("proof-not-claims"), larger_run("reference")
    gaps = [late(m, "battery_trouble_believed") - late(m, "battery_trouble_true") for m in (proof, plain)]
    assert 0.0 < gaps[0] < 0.5 * gaps[1]
    assert late(proof, "bev_share_new") > late(plain, "bev_share_new")
    assert old_car_price(proof) > old_car_price(plain)


def test_batteries_that_age_badly_cost_sales_and_used_prices(larger_run: Run) -> None:
    bad, plain = larger_run("batteries-that-age-badly"), larger_run("reference")
    assert late(bad, "battery_trouble_true") == pytest.approx(4.0 * late(plain, "battery_trouble_true"), rel=0.01)
    assert late(bad, "battery_trouble_believed") > late(plain, "battery_trouble_believed")
    assert late(bad, "bev_share_new") < late(plain, "bev_share_new")
    assert old_car_price(bad) < old_car_price(plain)


def test_reliable_chargers_are_believed_in_time_and_sell_bevs(larger_run: Run) -> None:
    reliable, plain = larger_run("reliable-chargers"), larger_run("reference")
    for column in ("charging_success", "charging_success_believed"):
        assert late(reliable, column) > late(plain, column) + 0.003, column
    assert late(reliable, "bev_share_new") > late(plain, "bev_share_new")


def test_proof_narrows_the_used_discount_more_than_claims(larger_run: Run) -> None:
    """Pattern F9; both are told of all makers and as often, a certificate is held by half of the used cars."""
    plain, claims = larger_run("reference"), larger_run("reference", "trust.claims=1")
    proofs = (larger_run("reference", "trust.verified_battery=1"), larger_run("reference", "trust.certified_share=0.5"))
    for column in ("retention", "price_kusd"):
        gain = [discount(market, column) - discount(plain, column) for market in (claims, *proofs)]
        assert 0.0 < gain[0] < min(gain[1:]), column


def test_chargers_that_work_are_worth_more_the_surer_buyers_are_of_it() -> None:
    """Of both networks, as some Teslas meet no others' plugs; in 2024, with the same recorded plugs in both runs."""
    recorded = shipped_runs(RECORDED)
    sure, unsure = (
        recorded(
            "reference", f"charging.plug_success={share}", f"charging.captive_plug_success={share}",
            "trust.news_weight=0",
        )
        for share in (0.95, 0.6)
    )  # fmt: skip
    bev = sure.products.is_bev
    assert (sure.now.valued.terms["charging"][..., bev] > unsure.now.valued.terms["charging"][..., bev]).all()


def test_a_drought_of_chargers_costs_ports_waits_and_sales(run: Run) -> None:
    drought, plain = run("charger-drought"), run("reference")
    assert late(drought, "fast_ports") < 0.8 * late(plain, "fast_ports")
    assert late(drought, "charging_wait_minutes") > late(plain, "charging_wait_minutes")
    assert late(drought, "bev_share_new") < late(plain, "bev_share_new")


def test_neighbours_let_zones_drift_apart(run: Run) -> None:
    def spread(market: Market) -> float:
        zones = market.recorder.frame("zones")
        shares = zones[zones["quarter"] == "2030Q4"]["bev_share_new"].to_numpy(np.float64)
        return float(np.log(shares / (1.0 - shares)).std())

    strong, none = run("reference", "trust.neighbour_effect=3"), run("reference", "trust.neighbour_effect=0")
    assert spread(strong) > spread(none)
    assert (none.recorder.frame("national")["neighbour_value_kusd"] == 0.0).all()


def test_without_weight_on_chargers_and_batteries_no_belief_matters_to_the_last_bit(run: Run) -> None:
    deaf, told = (
        run("reference", *NO_WEIGHT, "trust.news_weight=0"),
        run("reference", *NO_WEIGHT, "trust.news_weight=5"),
    )
    left, right = (market.recorder.frame("automakers") for market in (deaf, told))
    pd.testing.assert_frame_equal(left, right, check_exact=True)
    assert late(told, "charging_success_believed") != late(deaf, "charging_success_believed")
