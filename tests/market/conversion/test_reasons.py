"""Why lines change, at what cost, and who may not (M14, R6)."""

import numpy as np
import pytest
from scipy.special import ndtri

from agents.cells.line_decision import LineAction
from market.base.categories import MAKERS
from market.cells.lines import SELLERS
from market.conversion.line_change import Reason
from tests.market.conversion.desks import CHANGES, EXACT, MUSD_OF_KIND, NOW, Desks


def test_every_change_says_what_keeping_was_worth_and_why(desk: Desks) -> None:
    here = desk(needed_gwh=5.0)
    changes = [change for quarter in (NOW, NOW + 2, NOW + 4) for change in here.decide(quarter)]
    closed = [change for change in changes if change.action == LineAction.CLOSE]
    assert closed
    for change in closed:
        assert change.keep_musd < 0.0
        assert change.gain_musd <= -change.keep_musd + 1e-9
        assert change.reason in {
            Reason.NOT_WORTH_KEEPING, Reason.NOT_WORTH_FINISHING, Reason.NOT_WORTH_PLANNING,
        }  # fmt: skip
    assert {change.reason for change in changes if change.action == LineAction.IDLE} == {Reason.CHEAPER_IDLE}


def test_without_capital_nothing_is_converted_and_the_refusal_is_recorded(desk: Desks) -> None:
    here = desk(needed_gwh=5.0)
    here.cells.budget.left_musd = np.zeros(len(SELLERS))
    changes = here.decide(NOW)
    refused = [change for change in changes if change.reason == Reason.NO_CAPITAL]
    assert refused
    assert {(change.action, change.cost_musd) for change in refused} == {(LineAction.WAIT, 0.0)}
    assert {change.action for change in changes}.isdisjoint(CHANGES)
    assert here.cells.budget.refused_musd.sum() > 0.0
    assert not here.cells.lines.converted.any()


def test_conversion_costs_are_drawn_one_in_each_quantile_of_their_kind(desk: Desks) -> None:
    here, other = desk(seed=1), desk(seed=2)
    lines = here.cells.lines
    cost, by_other_seed = (each.decisions._surveys.cost_musd_per_gwh_year for each in (here, other))
    for kind, median in enumerate(MUSD_OF_KIND):
        of_kind = np.sort(cost[lines.kind == kind])
        ranks = (np.arange(of_kind.size) + 0.5) / of_kind.size
        assert of_kind == pytest.approx(median * np.exp(0.21 * ndtri(ranks)), rel=1e-9)
        assert np.sort(by_other_seed[lines.kind == kind]) == pytest.approx(of_kind, rel=1e-9)
    assert not np.array_equal(cost, by_other_seed)


def test_a_line_sold_as_it_is_costs_what_nickel_cells_and_their_racks_do(desk: Desks) -> None:
    here = desk(sold_as_is=True)
    line = here.lines_of("gm_lg_ultium2")[0]
    before = here.cells.costs.cost_usd_per_kwh(here.cells.lines, np.full(here.cells.lines.size, 0.93), NOW)[line]
    here.cells.lines.change(line, LineAction.SELL_AS_IS, NOW, 1, 0)
    here.cells.lines.complete(NOW + 1)
    after = here.cells.costs.cost_usd_per_kwh(here.cells.lines, np.full(here.cells.lines.size, 0.93), NOW)[line]
    assert after - before == pytest.approx(here.cells.parameters.as_is_cost, rel=EXACT)


def test_a_venture_sells_a_line_where_it_is_worth_more_to_the_partner(desk: Desks) -> None:
    """Ford wants no cells, others more than their lines make: its lines go to the open market for half of the gain."""
    here = desk(decision_noise=0.0)
    expected = np.full(len(MAKERS), 60.0)
    expected[MAKERS.index("Ford")] = 0.0
    line = here.lines_of("ford_blueoval_ky1")[0]
    seen = here.sees(line, NOW, expected)
    assert seen.partner_offers
    others = np.delete(seen.values_musd_per_gwh_year, LineAction.SELL).max()
    assert seen.values_musd_per_gwh_year[LineAction.SELL] > others
    without = desk(decision_noise=0.0, may_sell_share=False)
    assert not without.sees(line, NOW, expected).partner_offers


def test_without_partners_lines_of_ventures_make_no_other_chemistry(desk: Desks) -> None:
    """GM's and LG's line cannot change, Toyota's own can."""
    here = desk(partners_stay=False)
    assert not here.sees(here.lines_of("gm_lg_ultium2")[0], NOW).may_change
    assert here.sees(here.lines_of("toyota_nc")[0], NOW).may_change
