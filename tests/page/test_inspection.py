"""What the inspector shows of agents is what the agents hold."""

import re

import numpy as np
import pytest

from agents.cells.line_decision import LineStatus, Use
from experiments.page.inspections import inspect_buyers, inspect_cells
from experiments.page.inspections.compare_cars import Household, TwoCars
from experiments.page.inspections.inspect_buyers import biography, car_words
from experiments.page.inspections.inspection import KINDS
from experiments.page.inspections.inspection_text import Inspection, dollars
from experiments.page.page_html import inspection_html
from experiments.page.player import Player
from experiments.page.snapshot import History
from market.base import tables
from market.base.categories import GOODS, INCOMES
from market.buyers.demand import GROUPS
from market.buyers.offer_values import values_for
from market.model import Market


def inspected(player: Player, kind: str, name: str) -> Inspection:
    answer = player.ask(lambda market, history: KINDS[kind].inspect(market, name, history))
    assert answer is not None
    return answer


def market_of(player: Player) -> Market:
    market = player.ask(lambda market, _: market)
    assert market is not None
    return market


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "consumer"])
def test_every_agent_of_a_kind_can_be_inspected(kind: str, played: Player) -> None:
    names = KINDS[kind].names(market_of(played))
    assert len(names) == len(set(names)) > 5
    for name in names[:30]:
        each = inspected(played, kind, name)
        assert each.sees
        assert each.decided
        assert each.why
        assert all(np.isfinite(bar.value) for bar in each.bars)


@pytest.mark.parametrize("kind", KINDS)
def test_no_code_of_a_table_is_shown_to_a_person(kind: str, played: Player) -> None:
    names = KINDS[kind].names(market_of(played))[:30]
    shown = [inspection_html(inspected(played, kind, name)) + KINDS[kind].called(name) for name in names]
    codes = [*tables.load("plants")["plant"], "_suv", "nonISO", "AK/HI"]
    for text in shown:
        assert [code for code in codes if code in text] == []
        assert re.findall(r"\d{4}Q\d|\bICE\b", text) == []


def test_a_line_with_a_bar_above_zero_would_change(played: Player) -> None:
    market = market_of(played)
    for plant in market.plants:
        each = inspected(played, "plant", plant.name)
        would = {fact.label: fact.value for fact in each.decided}
        for bar in each.bars:
            state = would[bar.label]
            if "operating" in state and "for vehicles" in state:
                assert ("would convert" in state) == (bar.value > 0.0)


def test_a_plant_tells_of_what_was_done_to_its_lines(played: Player) -> None:
    market = market_of(played)
    changes = market.recorder.frame("line_changes")
    assert len(changes) > 0
    for plant, rows in changes.groupby("plant"):
        assert len(inspected(played, "plant", str(plant)).history) == len(rows)


HOUSEHOLDS = [Household(5, 2, 1), Household(0, 0, 0, -14.1), Household(11, 4, 1, 3.0), Household(7, 1, 0)]


@pytest.mark.parametrize("household", HOUSEHOLDS, ids=lambda each: f"zone{each.zone}-income{each.income}")
def test_what_favors_a_bev_adds_up_to_the_values_the_choice_uses(household: Household, played: Player) -> None:
    market = market_of(played)
    everyone, products, valued = market.everyone, market.products, market.now.valued
    values = values_for(
        everyone, valued.new_kusd, valued.service_kusd, np.ones(GOODS), valued.used_credit_kusd,
        market.places.size, products, market.parameters.buyers,
    )  # fmt: skip
    constants, row = market.record.constants, household.zone * GROUPS + household.income * 2 + household.home
    taste = household.taste_kusd + constants.zeta[household.zone]
    total = values.new[row] + np.nan_to_num(constants.xi) + taste * products.is_bev
    cars, on_offer = TwoCars(market, household), market.offering.offers.on_offer
    best = total[on_offer & products.is_bev].max() - total[on_offer & ~products.is_bev].max()
    assert cars.weight * cars.ahead_kusd == pytest.approx(best)
    assert sum(bar.value for bar in cars.bars()) == pytest.approx(cars.ahead_kusd, abs=0.05)  # what is less is no bar
    assert [bool(products.is_bev[product]) for product in cars.pair] == [True, False]


@pytest.mark.parametrize("household", HOUSEHOLDS, ids=lambda each: f"zone{each.zone}-income{each.income}")
def test_a_household_is_told_dollars_from_which_its_terms_follow_by_hand(household: Household, played: Player) -> None:
    market = market_of(played)
    buyers, cars = market.parameters.buyers, TwoCars(market, household)
    (bev, other), terms, setting = cars.pair, cars.terms_kusd, cars.setting
    price, (mine, theirs) = market.offering.price_kusd, (cars.energy(product) for product in cars.pair)
    told = {label: values for label, *values in cars.compared().rows}
    assert told["Price"] == [dollars(float(price[bev])), dollars(float(price[other]))]
    assert terms["price"][bev] - terms["price"][other] == pytest.approx((price[other] - price[bev]) * setting.financing)
    assert terms["credit"][bev] == pytest.approx(cars.credit_kusd(bev) * setting.financing)
    years = (1.0 - (1.0 + buyers.discount_rate) ** -buyers.horizon_years) / buyers.discount_rate
    gasoline, electricity = theirs.gasoline_usd, mine.electricity_usd - mine.public_usd
    assert (mine.gasoline_usd, theirs.electricity_usd) == (0.0, 0.0)
    saved = years * (buyers.gasoline_weight * gasoline - buyers.electricity_weight * electricity) / 1e3
    assert terms["fuel"][bev] - terms["fuel"][other] == pytest.approx(saved)
    assert (mine.public_usd > 0.0) == (household.home == 0) == ("Of it, for want of a charger at home" in told)
    later = (1.0 + buyers.discount_rate) ** -buyers.resale_years
    kept = setting.retention[0]
    lost = [
        setting.resale_weight[x] * later * (kept * (price[x] - cars.credit_kusd(x)) - cars.resale_kusd(x))
        for x in cars.pair
    ]
    assert terms["resale"][bev] - terms["resale"][other] == pytest.approx(lost[1] - lost[0])


def test_a_poorer_household_is_told_that_a_dollar_weighs_more(played: Player) -> None:
    market = market_of(played)
    poor, rich = (TwoCars(market, Household(0, income, 1)) for income in (0, 4))
    assert poor.weight == pytest.approx((20.0 / 85.0) ** -0.4)
    assert "With an income near $20,000 a dollar weighs 1.78 times what it does at $85,000" in poor.weighs()
    assert "are worth 166% of the dollars" in rich.weighs()


def test_a_consumers_taste_is_a_term_of_its_own_in_its_dollars(played: Player) -> None:
    market = market_of(played)
    plain, keen = (TwoCars(market, Household(0, 0, 0, taste)) for taste in (0.0, 7.5))
    bars = {bar.label: bar.value for bar in keen.bars()}
    assert bars["own taste"] == pytest.approx(7.5 / keen.weight)
    assert "own taste" not in {bar.label for bar in plain.bars()}


@pytest.mark.parametrize(("kusd", "told"), [(48.304, "$48,300"), (-14.096, "-$14,100"), (0.004, "$0"), (-0.004, "$0")])
def test_dollars_are_told_to_the_nearest_ten(kusd: float, told: str) -> None:
    assert dollars(kusd) == told


def test_consumers_are_shown_as_their_columns_stand(played: Player) -> None:
    columns = market_of(played).drawn_fleet.consumers.columns
    for row in range(0, 500, 50):
        each = inspected(played, "consumer", str(row))
        facts = {fact.label: fact.value for fact in (*each.sees, *each.decided)}
        assert facts["Lives in"] == market_of(played).places.names[columns["zone"][row]]
        if "Drives" in facts:
            assert facts["Drives"].startswith(car_words(int(columns["car"][row]), int(columns["age_quarters"][row])))


def test_a_biography_holds_every_change_of_car_and_of_nothing_else() -> None:
    none = 255
    cars, ages = [0, 0, 17, 17, none, 16, 16], [20, 21, 1, 2, 0, 30, 31]
    history = History(
        [np.array([car], dtype=np.uint8) for car in cars], [np.array([age], dtype=np.uint8) for age in ages]
    )
    assert biography(history, 0) == [
        "Q2 2018: buys a used long-range BEV (car), 8 years old",
        "Q1 2018: scraps its long-range BEV (small SUV), 0 years old",
        "Q3 2017: buys a new long-range BEV (small SUV)",
        "Q1 2017: begins with gasoline car (car), 5 years old",
    ]


def test_the_words_for_incomes_and_uses_fit_the_market() -> None:
    assert len(inspect_buyers._INCOME_WORDS) == len(INCOMES)
    assert inspect_cells._USES[Use.STORAGE] == "storage"
    assert LineStatus.CONVERTING.name == "CONVERTING"
