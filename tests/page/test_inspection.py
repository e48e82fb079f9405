"""What the inspector shows of agents is what the agents hold."""

import numpy as np
import pytest

from agents.cells.line_decision import LineStatus, Use
from experiments.page import inspect_buyers, inspect_cells
from experiments.page.inspect_buyers import biography, car_words, compare_bev
from experiments.page.inspection import KINDS
from experiments.page.inspection_text import Inspection
from experiments.page.player import Player
from experiments.page.snapshot import History
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


def test_what_favors_a_bev_adds_up_to_the_values_the_choice_uses(played: Player) -> None:
    market = market_of(played)
    everyone, products, valued = market.everyone, market.products, market.now.valued
    values = values_for(
        everyone, valued.new_kusd, valued.service_kusd, np.ones(GOODS), valued.used_credit_kusd,
        market.places.size, products, market.parameters.buyers,
    )  # fmt: skip
    zone, income, home = 5, 2, 1
    constants = market.record.constants
    row = zone * GROUPS + income * 2 + home
    total = values.new[row] + np.nan_to_num(constants.xi) + constants.zeta[zone] * products.is_bev
    bev, other, bars = compare_bev(market, zone, income, home, taste_kusd=0.0)
    on_offer = market.offering.offers.on_offer
    best = total[on_offer & products.is_bev].max() - total[on_offer & ~products.is_bev].max()
    assert sum(bar.value for bar in bars) == pytest.approx(best, abs=0.05 * 12)  # terms below 50 $ are left out
    assert products.is_bev[list(products.names).index(bev)]
    assert not products.is_bev[list(products.names).index(other)]


def test_a_consumers_taste_is_a_term_of_its_own(played: Player) -> None:
    market = market_of(played)
    plain = {bar.label: bar.value for bar in compare_bev(market, 0, 0, 0, 0.0)[2]}
    keen = {bar.label: bar.value for bar in compare_bev(market, 0, 0, 0, 7.5)[2]}
    assert keen["own taste"] == pytest.approx(7.5)
    assert "own taste" not in plain


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
        "2018Q2: buys a used long-range BEV (car), 8 years old",
        "2018Q1: scraps its long-range BEV (small SUV), 0 years old",
        "2017Q3: buys a new long-range BEV (small SUV)",
        "2017Q1: begins with gasoline car (car), 5 years old",
    ]


def test_the_words_for_incomes_and_uses_fit_the_market() -> None:
    assert len(inspect_buyers._INCOME_WORDS) == len(INCOMES)
    assert inspect_cells._USES[Use.STORAGE] == "storage"
    assert LineStatus.CONVERTING.name == "CONVERTING"
