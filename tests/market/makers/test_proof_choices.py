"""What automakers and operators see and choose when they may prove their batteries and plugs (M5, M10)."""

import copy
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from agents.trust.proof import Proof, proof_values_usd
from market.base.categories import MAKERS
from market.makers.proof_choices import ProofChoices, SalesYear
from market.model import Market
from market.scenario import Scenario

TESLA, NISSAN, STELLANTIS = (MAKERS.index(name) for name in ("Tesla", "Nissan", "Stellantis"))


def year_of(market: Market) -> SalesYear:
    """What sellers see at the end of a run."""
    seen = market.offering.planners_see(market.clock, market.makers, market.now.outcome.flows.new, None)
    worth = market.offering.pricing.worth_of_value_kusd(market.offering.price_kusd, seen.margin_kusd)
    return SalesYear(market.planning.forecasts.last_year(), worth, 0.08, 0.4)


@pytest.fixture(scope="module")
def ended(small: Callable[..., Scenario]) -> Market:
    """A mean-field run to 2025Q4, the first quarter of choices."""
    scenario = small("2025Q4", cells={"power_side": False})
    run = scenario.run.model_copy(update={"mean_field": True})
    market = Market(parameters=scenario.model_copy(update={"run": run}), rng=1)
    market.run()
    return market


@pytest.fixture
def choices(ended: Market) -> ProofChoices:
    """Choices of that run, to be changed freely."""
    return copy.deepcopy(ended.proofs)


def test_a_k_usd_of_worth_brings_what_a_small_rise_of_it_brings_at_the_demand_seen(ended: Market) -> None:
    """By central differences of profit at fixed prices, product by product."""
    seen = ended.offering.planners_see(ended.clock, ended.makers, ended.now.outcome.flows.new, None)
    pricing, price, step = ended.offering.pricing, ended.offering.price_kusd, 1e-4
    demand, maker = pricing._seen(), ended.products.maker
    worth = pricing.worth_of_value_kusd(price, seen.margin_kusd)
    assert (worth[ended.products.is_bev & (demand.at(price).cars > 0)] > 0).all()
    for product in np.flatnonzero(demand.at(price).cars > 0)[::9]:
        own = maker == maker[product]
        profit = []
        for sign in (1.0, -1.0):
            shifted = price.copy()
            shifted[product] -= sign * step / demand.price_weight[product]
            profit.append(float((demand.at(shifted).cars * seen.margin_kusd)[own].sum()))
        assert worth[product] == pytest.approx((profit[0] - profit[1]) / (2 * step), rel=1e-5)


def test_proof_pays_most_who_has_least_trouble_and_sells_most(ended: Market, choices: ProofChoices) -> None:
    year = year_of(ended)
    value = [proof_values_usd(choices.maker_sensing(place, year)) for place in range(len(MAKERS))]
    assert int(np.argmax([each[Proof.VERIFIED] for each in value])) == TESLA
    assert value[TESLA][Proof.VERIFIED] > value[TESLA][Proof.CLAIM] > 0.0
    assert value[NISSAN][Proof.VERIFIED] < 0.0
    assert choices.makers[TESLA] == Proof.VERIFIED
    assert choices.makers[STELLANTIS] == Proof.NOTHING, "it sells no BEVs"


def test_a_network_of_an_automaker_proves_uptime_if_it_is_doubted(ended: Market, choices: ProofChoices) -> None:
    """Five times the failed charges that buyers believe Tesla's network to have."""
    captive = choices._charging.network.shares.captive > 0.0
    seen = choices.operator_sensing(int(np.flatnonzero(captive)[0]), year_of(ended))
    assert choices.rule(replace(seen, bad=5.0 * seen.bad)) is Proof.VERIFIED


def test_nothing_is_chosen_in_other_quarters_and_silence_costs_nothing(ended: Market, choices: ProofChoices) -> None:
    before = choices.makers.tobytes()
    choices.rule = lambda _seen: Proof.NOTHING
    choices.decide(year_of(ended), 34)
    assert choices.makers.tobytes() == before
    choices.decide(year_of(ended), 35)
    assert not choices.makers.any()
    assert not choices.cost_musd.any()
    assert not choices.operator_cost_musd.any()


def test_a_choice_reaches_beliefs_and_the_accounts(ended: Market) -> None:
    proofs, trust = ended.proofs, ended.trust
    assert trust.battery_proof.tolist() == (proofs.makers == Proof.VERIFIED).astype(float).tolist()
    assert trust.longer_warranty.tolist() == (proofs.makers == Proof.LONGER_WARRANTY).astype(float).tolist()
    p, cars = trust.parameters, year_of(ended).bevs[ended.products.maker == TESLA].sum()
    assert proofs.cost_musd[TESLA] == pytest.approx(cars * p.battery_proof_usd / 1e6 + p.proof_fixed_musd, rel=1e-9)
