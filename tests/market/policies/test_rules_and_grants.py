"""Credits on used cars, grants for chargers and the zero-emission rule, worked by hand (M2, M9, M10)."""

from collections.abc import Callable

import mesa
import numpy as np
import pytest

from agents.makers.automaker import Automaker, MakerRules
from agents.makers.sensing import MakerSensing
from market.base import quarters, tables
from market.base.categories import BEV, BEV_LONG, GOODS, ICE, PHEV
from market.charging.funding import ChargerFunding
from market.charging.parameters import Operators
from market.exogenous.zones import Places
from market.model import Market
from market.policies.instrument import PolicySetting
from market.policies.parameters import Policy
from market.policies.used_credit import UsedCredit, credit_kusd
from market.policies.zev_requirement import ZevRequirement
from market.scenario import Scenario
from market.vehicles.products import Products
from tests.market.policies.test_contract import same_to

ORIGIN = quarters.index("2024Q4")
EXACT = 1e-12


@pytest.mark.parametrize(
    ("price", "credit"), [(5.0, 1.5), (10.0, 3.0), (13.0, 3.9), (20.0, 4.0), (24.0, 4.0), (26.0, 0.0)]
)
def test_a_used_car_earns_its_buyer_a_share_of_its_price_up_to_the_cap(price: float, credit: float) -> None:
    """26 USC 25E: 30 % of the price, at most 4,000 $, none above 25,000 $; prices hardly spread."""
    assert credit_kusd(np.array([price]), 1e-3, 0.3, 4.0, 25.0) == pytest.approx([credit], rel=1e-6, abs=1e-12)


@pytest.mark.parametrize("price", [4.0, 14.0, 25.0, 40.0])
def test_the_credit_on_spread_prices_is_the_mean_over_them(price: float) -> None:
    """Against 200,000 quantiles of the lognormal."""
    spread = 0.35
    normal = np.sort(np.random.default_rng(1).standard_normal(200_000))
    prices = price * np.exp(spread * normal - spread**2 / 2)
    found = np.where(prices <= 25.0, np.minimum(0.3 * prices, 4.0), 0.0).mean()
    assert credit_kusd(np.array([price]), spread, 0.3, 4.0, 25.0)[0] == pytest.approx(found, abs=0.02)


def test_gasoline_cars_and_new_ones_earn_no_used_credit_and_half_of_the_youngest_do() -> None:
    amount = UsedCredit(Policy(), ORIGIN).amount_kusd(quarters.index("2024Q1"), np.full(GOODS, 20.0))
    by_kind = amount.reshape(amount.shape[0], -1, 4)
    assert not by_kind[:, :PHEV].any()
    assert by_kind[:, BEV_LONG, 0] == pytest.approx(by_kind[:, BEV_LONG, 1] / 2.0, rel=EXACT)
    assert (np.diff(by_kind[:, BEV_LONG, 1]) <= 0.0).all()


def test_a_used_credit_after_the_origin_brings_buyers_to_used_bevs(small: Callable[..., Scenario]) -> None:
    """The lever is the one difference: nothing moves to the origin; then more are bought, though dealers ask more."""
    runs = [Market(parameters=small("2025Q1", 500, policy={"used_credit_factor": f}), rng=1) for f in (0.0, 2.0)]
    for market in runs:
        market.run()
    assert same_to(runs[0], runs[1], "2024Q4")
    credited = runs[1].offering.used_credit_kusd.max(axis=0) > 0.0
    without, with_it = (float(market.now.outcome.flows.used[credited].sum()) for market in runs)
    assert credited.sum() == 4 * 4  # plug-in hybrids and the three kinds of BEVs
    assert with_it > without > 0.0


@pytest.fixture
def rule(places: Places, products: Products) -> ZevRequirement:
    return ZevRequirement(PolicySetting(Policy(zev_requirement=1.0, zev_credit_kusd=5.0), places, products, ORIGIN))


def test_a_bev_earns_what_a_gasoline_car_does_not_cost(
    rule: ZevRequirement, places: Places, products: Products
) -> None:
    """2030: 0.68 credits a car at 5 k$: 1.6 k$ and -3.4 k$ where the rule is, by the share sold there."""
    worth = rule.rate(quarters.index("2030Q2"))
    states = tables.load("zev_states")["state"]
    seats = dict(zip(places.states, places.state_share.T @ places.seats, strict=True))
    share = sum(seats[state] for state in states) / sum(seats.values())
    assert worth[products.powertrain == ICE] == pytest.approx(-3.4 * share, rel=1e-9)
    bevs = tables.load("registrations_by_state").query("year == 2024").set_index("state")["bevs"]
    assert worth[products.powertrain == BEV] == pytest.approx(1.6 * bevs[states].sum() / bevs.sum(), rel=1e-3)
    assert 0.2 < share < bevs[states].sum() / bevs.sum()


def test_states_come_a_year_apart_and_some_leave(rule: ZevRequirement, products: Products) -> None:
    gasoline = products.powertrain == ICE
    cost = {year: -rule.rate(quarters.index(f"{year}Q1"))[gasoline][0] for year in (2025, 2026, 2027, 2032, 2033)}
    assert cost[2025] == 0.0
    assert cost[2027] / 0.43 > cost[2026] / 0.35  # more states
    assert cost[2033] / 0.88 < cost[2032] / 0.82  # Colorado, Delaware and New Mexico adopted it to 2032


def test_no_credit_costs_more_than_the_fine(places: Places, products: Products) -> None:
    def cost(price_kusd: float) -> float:
        policy = Policy(zev_requirement=1.0, zev_credit_kusd=price_kusd)
        return float(ZevRequirement(PolicySetting(policy, places, products, ORIGIN)).rate(60).min())

    assert cost(20.0) == pytest.approx(4.0 * cost(5.0), rel=EXACT)


def test_what_a_sale_is_worth_beyond_its_price_lowers_the_target() -> None:
    """Price 46 with a markup of 6, then a sale worth 2 more: best prices rest on a cost of 38."""
    maker = Automaker(mesa.Model(rng=1), "Maker", np.array([0]), MakerRules(0.35, 65.0, 90.0, 0.12))
    one, none = np.ones(1), np.zeros(1)
    plain = MakerSensing(np.array([46.0]), none, one, none, none, none)
    maker.set_prices(plain, none)
    maker.back_out_cost(plain, 6.0 * one)
    assert maker.effective_cost(MakerSensing(None, none, one, none, 2.0 * one, none)) == pytest.approx(
        [38.0], rel=EXACT
    )
    assert maker.cost_kusd == pytest.approx([40.0], rel=EXACT)


def funding(policy: Policy | None = None, **operators: object) -> ChargerFunding:
    return ChargerFunding(policy or Policy(), Operators.model_validate(operators), ORIGIN)


def test_a_plug_on_a_corridor_gets_the_grant_and_every_plug_the_tax_credit_while_it_lasts() -> None:
    """A quarter of 40 k$ on corridors; 0.3 x 0.62 x 0.9 of 132 k$ anywhere, for plugs that open by June 2026."""
    credit = 0.3 * 0.62 * 0.9 * 132e3
    fund = funding()
    assert fund.grant_usd(quarters.index("2025Q2")) == pytest.approx([credit, credit + 10e3], rel=EXACT)
    assert fund.grant_usd(quarters.index("2025Q3")) == pytest.approx([credit, credit + 10e3], rel=EXACT)
    assert fund.grant_usd(quarters.index("2025Q4")) == pytest.approx([0.0, 10e3], rel=EXACT)
    assert not fund.grant_usd(quarters.index("2030Q1")).any()  # opens after 2030Q3


def test_a_budget_is_never_passed_and_its_last_money_is_shared() -> None:
    """5,000 M$ at 100 k$ a plug: 50,000 plugs; the quarter that asks for more gets part of it."""
    fund = funding(Policy(charger_credit_factor=0.0), grant_kusd=100.0, grant_share=1.0)
    quarter = quarters.index("2026Q1")
    started = np.array([[0.0, 30_000.0], [500.0, 10_000.0]])
    assert fund.pay(started, quarter) == pytest.approx([3e9, 1e9], rel=EXACT)
    assert fund.pay(started, quarter) == pytest.approx([0.75e9, 0.25e9], rel=EXACT)
    assert fund.paid_usd["corridor_grant"] == pytest.approx(5e9, rel=EXACT)
    assert not fund.pay(started, quarter).any()
    assert fund.funded_share(quarter) == 0.0
