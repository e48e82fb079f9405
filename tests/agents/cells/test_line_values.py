"""What every action with a line is worth (M14), without the value of waiting unless said."""

from dataclasses import replace

import numpy as np
import pytest

from agents.arrays import Floats
from agents.cells.line_decision import CONVERSIONS, LineAction, LineStatus, Use
from agents.cells.line_values import LineFacts, Way, line_values
from agents.cells.waiting_value import WaitingTable, WaitingTerms

EXACT = 1e-9
TERMS = WaitingTerms(
    discount_rate=0.0, horizon_quarters=40, volatility=0.0, fixed=6.0, upkeep=5.0, holding=2.0, restart=3.0
)
"""Without discounting a margin m from quarter n on is worth m (40 - n) / 4."""
WAVERING = replace(TERMS, discount_rate=0.1, volatility=3.0)
TABLE = WaitingTable(WAVERING, np.zeros(1))


def path(usd_per_kwh: float) -> Floats:
    return np.full((1, 40), usd_per_kwh)


def line(status: LineStatus, own: float = 10.0, other: float = 0.0, **given: object) -> LineFacts:
    """A car line that costs 45 to convert with lag 4, 2 quarters of it dark, and 20 with lag 1 to sell as it is."""
    yes = np.array([True])
    zero = np.zeros(1)
    facts = LineFacts(
        status=np.array([status], dtype=np.int64), use=np.array([Use.VEHICLES], dtype=np.int64),
        own_usd_per_kwh=path(own), half_usd_per_kwh=path(own),
        change=Way(path(other), np.array([4]), np.array([2]), np.array([45.0])),
        as_is=Way(path(0.0), np.array([1]), np.array([0]), np.array([20.0])),
        to_start=np.array([6 if status == LineStatus.BUILDING else 0]), build_lag=8, build_musd=115.0, own_credit=zero,
        other_credit=zero, noise=np.ones(1), calm=zero, may_change=yes, may_idle=yes, may_sell_as_is=yes,
    )  # fmt: skip
    return replace(facts, **given)  # type: ignore[arg-type]  # fields by name


def worth(facts: LineFacts, terms: WaitingTerms = TERMS, table: WaitingTable | None = None) -> dict[LineAction, float]:
    """Of the possible actions with the one line."""
    found = line_values(facts, terms, table, 0)[0]
    return {action: float(found[action]) for action in LineAction if np.isfinite(found[action])}


def test_a_running_line_by_hand() -> None:
    """10 less a fixed cost of 6 for ten years; storage from quarter 4, cars to quarter 2; a year idle saves 5."""
    found = worth(line(LineStatus.OPERATING, own=10.0, other=20.0))
    assert found == pytest.approx(
        {
            LineAction.WAIT: 40.0,
            LineAction.CONVERT: 20.0 * 9.0 + 10.0 * 0.5 - 60.0 - 45.0,
            LineAction.SELL_AS_IS: 5.0 * 9.75 + 10.0 * 0.25 - 60.0 - 20.0,
            LineAction.IDLE: 5.0 + 9.0 * 10.0 - 60.0,
            LineAction.CLOSE: 0.0,
        },
        abs=EXACT,
    )


def test_an_idle_line_loses_by_a_change_only_the_upkeep_it_saves() -> None:
    found = worth(line(LineStatus.IDLE, own=10.0, other=20.0))
    assert found[LineAction.CONVERT] == pytest.approx(20.0 * 9.0 - 60.0 - 45.0, abs=EXACT)
    assert found[LineAction.WAIT] == pytest.approx(5.0 + 90.0 - 60.0, abs=EXACT)
    assert found[LineAction.RESTART] == pytest.approx(100.0 - 60.0 - 3.0, abs=EXACT)


def test_a_storage_line_may_be_converted_back_alone() -> None:
    found = worth(line(LineStatus.OPERATING, use=np.array([Use.STORAGE], dtype=np.int64)))
    assert LineAction.CONVERT_BACK in found
    assert found.keys().isdisjoint({LineAction.CONVERT, LineAction.SELL_AS_IS})


def test_a_line_under_construction_by_hand() -> None:
    """34 quarters of 10 less 6; three quarters of 115 are left to pay; storage cells from quarter 6 too."""
    found = worth(line(LineStatus.BUILDING, own=10.0, other=20.0, half_usd_per_kwh=path(14.0)))
    left = 115.0 * 0.75
    assert found == pytest.approx(
        {
            LineAction.WAIT: 4.0 * 8.5 - left,
            LineAction.START_STORAGE: 14.0 * 8.5 - left - 45.0,
            LineAction.SHRINK: 0.5 * (8.0 * 8.5 - left),
            LineAction.DELAY: -0.5,
            LineAction.CLOSE: 0.0,
        },
        abs=EXACT,
    )


def test_an_announced_line_by_hand() -> None:
    """Two years of building, then 32 quarters of 24 or 30, less 6."""
    found = worth(line(LineStatus.ANNOUNCED, own=24.0, other=30.0))
    assert found == pytest.approx(
        {
            LineAction.WAIT: -0.5,
            LineAction.START: 18.0 * 8.0 - 115.0,
            LineAction.START_STORAGE: 24.0 * 8.0 - 115.0,
            LineAction.CLOSE: 0.0,
        },
        abs=EXACT,
    )


@pytest.mark.parametrize("status", [LineStatus.CONVERTING, LineStatus.CLOSED])
def test_a_line_in_change_or_closed_can_only_be_left(status: LineStatus) -> None:
    assert worth(line(status)) == {LineAction.WAIT: 0.0}


@pytest.mark.parametrize("status", [LineStatus.OPERATING, LineStatus.IDLE, LineStatus.BUILDING, LineStatus.ANNOUNCED])
def test_a_line_that_may_not_change_keeps_its_use(status: LineStatus) -> None:
    found = worth(line(status, other=500.0, may_change=np.array([False])))
    assert found.keys().isdisjoint(CONVERSIONS)


def test_a_line_that_is_needed_is_neither_idled_nor_closed() -> None:
    found = worth(line(LineStatus.OPERATING, own=-50.0, may_idle=np.array([False])))
    assert found.keys().isdisjoint({LineAction.IDLE, LineAction.CLOSE})


def test_luck_scales_the_gain_of_a_change_and_not_its_cost() -> None:
    """Storage gains 20 x 9 - 10 x 9.5 = 85 over cars."""
    plain, lucky = (
        worth(line(LineStatus.OPERATING, other=20.0, noise=np.array([noise])))[LineAction.CONVERT]
        for noise in (1.0, 1.2)
    )
    assert lucky - plain == pytest.approx(0.2 * 85.0, abs=EXACT)


def test_waiting_has_a_value_in_every_state() -> None:
    """With uncertain margins a line just worth changing, building, closing or idling is left as it is for now."""
    states = {
        LineStatus.OPERATING: 8.0, LineStatus.IDLE: 8.0, LineStatus.BUILDING: 22.0, LineStatus.ANNOUNCED: 28.0,
    }  # fmt: skip
    for status, own in states.items():
        facts = line(status, own=own, other=18.0)
        without, with_value = worth(facts, WAVERING), worth(facts, WAVERING, TABLE)
        kept = LineAction.DELAY if status == LineStatus.BUILDING else LineAction.WAIT
        assert with_value[kept] > without[kept] + 1.0
    steady = worth(line(LineStatus.OPERATING, own=8.0, other=20.0), WAVERING)
    wavering = worth(line(LineStatus.OPERATING, own=8.0, other=20.0), WAVERING, TABLE)
    assert steady[LineAction.CONVERT] > steady[LineAction.WAIT]
    assert wavering[LineAction.WAIT] > wavering[LineAction.CONVERT]


def test_a_contract_takes_the_value_of_waiting_away() -> None:
    facts = line(LineStatus.OPERATING, own=8.0, other=20.0)
    plain, half, bound = (
        worth(replace(facts, calm=np.array([calm])), WAVERING, TABLE)[LineAction.WAIT] for calm in (0.0, 0.5, 1.0)
    )
    assert bound == pytest.approx(worth(facts, WAVERING)[LineAction.WAIT], abs=EXACT)
    assert half == pytest.approx(0.5 * (plain + bound), abs=EXACT)


def test_a_loss_that_may_end_is_borne_and_a_deep_one_is_not() -> None:
    """Idle, a line costs 1 $/kWh a year: it is kept while the chance of better times is worth that."""
    mild, deep = (
        worth(line(LineStatus.IDLE, own=own, may_change=np.array([False])), WAVERING, TABLE) for own in (4.0, -60.0)
    )
    assert mild[LineAction.WAIT] > mild[LineAction.CLOSE]
    assert deep[LineAction.WAIT] < deep[LineAction.CLOSE]
