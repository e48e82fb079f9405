"""Coupled draws (M1): they follow the probabilities, agent by agent, and move only where an offer got better."""

from dataclasses import replace
from math import log

import numpy as np
import pytest
from scipy import stats

from agents.arrays import Floats, Ints
from agents.buyers.choice import Alphas, Nests, logit, new_vehicle_choice
from agents.population import row_work
from agents.population.draws import KEEP, NEW, USED, ChoiceTables, draw_choices, odds_of
from agents.population.row_work import RowWork
from agents.random.streams import Purpose, stream_key, uniforms

FALSE_ALARM = 1e-4  # of each chi-square test, for the seed written here
ALPHAS = Alphas(keep=0.02, market=0.04, segment=0.06, powertrain=0.077, product=0.12)
NESTS = Nests(np.array([0, 0, 1, 2, 2, 2, 3]), np.array([0, 0, 1, 1]))
NEW_VALUES = np.array([[3.0, -1.0, 4.0, -10.0, 5.0, 9.0, -2.0], [9.0, 9.0, -20.0, 0.0, 1.0, -np.inf, 3.0]])
USED_VALUES = np.array([[1.0, 12.0, -30.0], [5.0, -np.inf, 5.0], [0.0, 0.0, 0.0]])
TASTE = np.array([[0.0, 0.0, 0.0, 0.0], [0.0, 20.0, 0.0, 20.0], [0.0, -20.0, 0.0, -20.0]])
GROUP = np.array([0, 0, 1])
KEY = stream_key(5, Purpose.CHOICE, 3)
MANY = 60_000
PLAIN, COMPILED = RowWork(compiled=False), RowWork(compiled=True)


def tables(new_values: Floats = NEW_VALUES) -> ChoiceTables:
    choice = new_vehicle_choice(new_values[GROUP], NESTS, ALPHAS, TASTE)
    used, _ = logit(USED_VALUES, ALPHAS.powertrain)
    by_group = new_vehicle_choice(new_values, NESTS, ALPHAS, np.zeros(4)).product
    return ChoiceTables(np.array([0.3, 0.5, 0.8]), choice.segment, choice.nest, used, by_group, GROUP)


def draw(offer: ChoiceTables, acquire: float = 0.7, work: RowWork = PLAIN) -> tuple[Ints, Ints, Ints]:
    """Cell, kind and item of many buyers with ids that are no row numbers."""
    agents = np.arange(MANY) * 7 + 11
    stratum = np.arange(MANY) % 3
    kind, item = draw_choices(odds_of(offer, NESTS), KEY, agents, np.full(MANY, acquire), stratum, work)
    return stratum, kind.astype(np.int64), item.astype(np.int64)


def probabilities(offer: ChoiceTables, stratum: int, acquire: float) -> Floats:
    """Of keeping, of every product and of every used good."""
    nest = offer.segment[stratum, NESTS.nest_segment] * offer.nest[stratum]
    product = nest[NESTS.product_nest] * offer.product[GROUP[stratum]]
    new = offer.new[stratum]
    return np.concatenate([[1.0 - acquire], acquire * new * product, acquire * (1.0 - new) * offer.used[stratum]])


@pytest.mark.parametrize("stratum", [0, 1, 2])
def test_draws_follow_the_probabilities(stratum: int) -> None:
    offer = tables()
    strata, kind, item = draw(offer)
    place = np.where(kind == KEEP, 0, np.where(kind == NEW, 1 + item, 1 + NESTS.product_nest.size + item))
    seen = np.bincount(place[strata == stratum], minlength=11)
    expected = probabilities(offer, stratum, 0.7) * (strata == stratum).sum()
    never = expected == 0.0
    assert seen[never].sum() == 0
    assert expected[~never].min() > 5.0  # the chi-square approximation holds
    assert stats.chisquare(seen[~never], expected[~never]).pvalue > FALSE_ALARM


class Buyer:
    """One buyer who walks down the tree alone: the slow statement of what the compiled draw does."""

    def __init__(self, stratum: int, acquire: float, draws: Floats) -> None:
        self.stratum, self.acquire, self.draws = stratum, acquire, draws

    def score(self, share: float, branch: int) -> float:
        """Log-share plus Gumbel noise."""
        return log(share) - log(-log(self.draws[branch])) if share > 0 else -np.inf

    def takes_first(self, share: float, branch: int) -> bool:
        """Whether the first of two branches wins."""
        return self.score(share, branch) > self.score(1.0 - share, branch + 1)

    def best(self, share: Floats, members: list[int], branch: int) -> int:
        """Member with the largest score."""
        return max(members, key=lambda member: self.score(float(share[member]), branch + member))

    def choose(self, offer: ChoiceTables) -> tuple[int, int]:
        """Kind of choice and item."""
        if not self.takes_first(self.acquire, 0):
            return KEEP, -1
        if not self.takes_first(float(offer.new[self.stratum]), 2):
            return USED, self.best(offer.used[self.stratum], [0, 1, 2], 32)
        segment = self.best(offer.segment[self.stratum], [0, 1], 4)
        nests = [n for n in range(4) if NESTS.nest_segment[n] == segment]
        nest = self.best(offer.nest[self.stratum], nests, 8)
        products = [j for j in range(7) if NESTS.product_nest[j] == nest]
        return NEW, self.best(offer.product[GROUP[self.stratum]], products, 64)


@pytest.mark.parametrize("work", [PLAIN, COMPILED])
def test_every_buyer_chooses_as_one_object_a_buyer_would(work: RowWork) -> None:
    buyers = 3_000
    agents, stratum = np.arange(buyers) + 40, np.arange(buyers) % 3
    acquire = np.linspace(0.0, 1.0, buyers)
    draws = np.stack([uniforms(KEY, agents, branch) for branch in range(72)], axis=1)
    offer = tables()
    kind, item = draw_choices(odds_of(offer, NESTS), KEY, agents, acquire, stratum, work)
    alone = [Buyer(int(stratum[i]), float(acquire[i]), draws[i]).choose(offer) for i in range(buyers)]
    assert list(zip(kind.tolist(), item.tolist(), strict=True)) == alone
    assert {KEEP, NEW, USED} == set(kind.tolist())


@pytest.mark.parametrize("product", range(7))
def test_a_better_offer_never_moves_a_buyer_between_two_others_of_its_nest(product: int) -> None:
    better = NEW_VALUES.copy()
    better[:, product] += 6.0
    after_table = replace(tables(better), new=np.array([0.33, 0.53, 0.82]))
    _, kind_before, before = draw(tables())
    _, kind_after, after = draw(after_table)
    both_new = (kind_before == NEW) & (kind_after == NEW)
    moved = both_new & (before != after)
    nest = NESTS.product_nest
    within = moved & (nest[before] == nest[after])
    assert (after[within] == product).all()
    if (nest == nest[product]).sum() > 1:
        assert within.any()
    segment = NESTS.nest_segment[nest]
    across = moved & (nest[before] != nest[after]) & (segment[before] == segment[after])
    assert (nest[after[across]] == nest[product]).all()
    assert (segment[after[moved & (segment[before] != segment[after])]] == segment[product]).all()


def test_a_better_market_for_new_cars_moves_nobody_from_new_to_used() -> None:
    offer = tables()
    _, before, item_before = draw(offer)
    _, after, item_after = draw(replace(offer, new=np.array([0.33, 0.53, 0.82])))
    assert not ((before == NEW) & (after != NEW)).any()
    assert ((before == USED) & (after == NEW)).any()
    same = before == after
    assert np.array_equal(item_before[same], item_after[same])


def test_threads_pieces_and_engine_change_no_draw(thread_counts: tuple[int, int]) -> None:
    whole = draw(tables())
    for threads in thread_counts:
        row_work.use_threads(threads)
        for work in (RowWork(compiled=False, piece_rows=7_001), COMPILED, RowWork(compiled=True, piece_rows=999)):
            for plain, other in zip(whole, draw(tables(), work=work), strict=True):
                assert np.array_equal(plain, other)


def test_a_buyers_choice_does_not_depend_on_who_else_chooses() -> None:
    agents, stratum = np.arange(500), np.arange(500) % 3
    some = np.array([3, 77, 401])
    acquire = np.full(500, 0.7)
    odds = odds_of(tables(), NESTS)
    kind, item = draw_choices(odds, KEY, agents, acquire, stratum, PLAIN)
    few_kind, few_item = draw_choices(odds, KEY, agents[some], acquire[some], stratum[some], PLAIN)
    assert np.array_equal(kind[some], few_kind)
    assert np.array_equal(item[some], few_item)


def test_certain_choices_are_certain() -> None:
    _, kind, item = draw(tables(), acquire=0.0)
    assert (kind == KEEP).all()
    assert (item == -1).all()
    _, kind, _ = draw(replace(tables(), new=np.array([1.0, 0.0, 1.0])), acquire=1.0)
    assert np.array_equal(kind, np.where(np.arange(MANY) % 3 == 1, USED, NEW))
