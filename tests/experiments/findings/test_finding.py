"""A finding says the sign its interval allows, with its numbers, unit and interval."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from experiments.findings.amounts import amount
from experiments.findings.finding import Finding, findings_of, listed
from experiments.findings.summary import summary

RISE = Finding(
    world="more", against="reference", outcome="storage_installed_gw", label="Installed storage", unit="GW",
    when="2030", pairs=16, before=101.1, effect=2.4, low=2.0, high=2.7, least=1.8, most=3.1,
)  # fmt: skip


@pytest.mark.parametrize(
    ("effect", "low", "high", "direction"),
    [
        (2.4, 2.0, 2.8, "rises"),
        (-2.4, -2.8, -2.0, "falls"),
        (2.4, -0.1, 4.9, "no clear change"),
        (-2.4, -4.9, 0.1, "no clear change"),
        (2.4, 0.0, 4.8, "no clear change"),
        (0.0, 0.0, 0.0, "no change"),
        (0.0, -1.0, 1.0, "no clear change"),
        (2.4, -np.inf, np.inf, "no clear change"),
    ],
)
def test_the_word_is_what_the_interval_allows(effect: float, low: float, high: float, direction: str) -> None:
    found = replace(RISE, effect=effect, low=low, high=high)
    assert found.direction == direction
    assert found.is_clear == (direction in ("rises", "falls"))


def test_a_clear_effect_stands_with_its_interval_and_both_levels() -> None:
    assert RISE.sentence == (
        "Installed storage: in 2030 rises by 2.4 GW (90% interval +2.0 to +2.7 GW), from 101.1 GW to 103.5 GW."
    )
    fall = replace(RISE, unit="2025 $/kWh", before=99.6, effect=-36.4, low=-41.2, high=-31.6)
    assert fall.sentence.endswith("falls by $36/kWh (90% interval -$41 to -$32/kWh), from $100/kWh to $63/kWh.")


def test_an_effect_that_is_not_clear_stands_with_digits_its_interval_allows() -> None:
    found = replace(RISE, unit="thousand 2025 $", when="", effect=0.0026, low=-0.0324, high=0.0377)
    assert found.sentence == "Installed storage: no clear change, +$3 (90% interval -$32 to +$38)."
    skewed = replace(RISE, effect=-15.4, low=-31.1, high=0.28)
    assert skewed.sentence.endswith("no clear change, -15.4 GW (90% interval -31.1 to +0.3 GW).")
    none = replace(RISE, effect=0.0, low=0.0, high=0.0)
    assert none.sentence == "Installed storage: in 2030 no change."


def test_a_finding_in_brief_names_its_unit_once_an_amount_and_no_interval() -> None:
    assert RISE.brief == "2030 +2.4 GW (+2.0 to +2.7), from 101.1 to 103.5 GW"
    assert replace(RISE, low=-0.2).brief == "2030 no clear change, +2.4 GW (-0.2 to +2.7)"
    assert replace(RISE, effect=0.0, low=0.0, high=0.0).brief == "2030 no change"


def test_one_pair_has_no_interval() -> None:
    one = replace(RISE, pairs=1, low=-np.inf, high=np.inf)
    assert one.sentence == "Installed storage: in 2030 +2.4 GW in one pair of runs, which has no interval."


@pytest.mark.parametrize(
    ("unit", "level", "difference"),
    [
        ("share of new sales", "16.1%", "+16.1 points"),
        ("thousand 2025 $", "$161.0", "+$161.0"),
        ("2025 $/kWh", "$0.2/kWh", "+$0.2/kWh"),
        ("GWh/year", "0.2 GWh a year", "+0.2 GWh a year"),
        ("kWh", "0.2 kWh", "+0.2 kWh"),
    ],
)
def test_units_are_written_as_people_write_them(unit: str, level: str, difference: str) -> None:
    assert amount(unit).level(0.161, 1) == level
    assert amount(unit).difference(0.161, 1, sign=True) == difference


def test_cars_are_told_by_the_thousand_and_a_unit_by_itself() -> None:
    assert amount("car/year").level(967_466.0, 0) == "967 thousand cars a year"
    assert amount("car/quarter").difference(-1_500.0, 1, sign=True) == "-1.5 thousand cars a quarter"
    assert [amount(unit).unit for unit in ("car/year", "2025 $/kWh", "share", "thousand 2025 $")] == [
        "thousand cars a year", "$/kWh", "%", "$",
    ]  # fmt: skip


def test_what_rounds_to_zero_has_no_sign() -> None:
    assert amount("GW").bounds(-0.001, 0.001, 1) == "0.0 to 0.0 GW"
    assert amount("GW").decimals(0.0) == 1
    assert amount("GW").decimals(12345.0) == 0
    assert amount("GW").decimals(0.00001) == 3
    sizes = {0.0: 0, 31.0: 0, -0.28: 1, 0.5: 1, 0.0004: 4, 5e-7: 0, 1e-9: 0, np.nan: 0, -np.inf: 0}
    assert [amount("GW").decimals_of_sign(size) for size in sizes] == list(sizes.values())


def test_effects_are_paired_by_replication_and_runs_without_a_pair_are_left_out() -> None:
    runs = pd.DataFrame({
        "scenario": ["a"] * 3 + ["b"] * 3, "replication": [0, 1, 2] * 2,
        "y": [1.0, 5.0, np.nan, 2.0, 8.0, 3.0],
    })  # fmt: skip
    (found,) = findings_of(runs, [("b", "a")], ["y"], {"y": ("GW", "Y", "2030")})
    assert (found.pairs, found.before, found.effect) == (2, 3.0, 2.0)
    assert [found.least, found.most] == pytest.approx([1.2, 2.8])
    (back,) = findings_of(runs, [("a", "b")], ["y"], {"y": ("GW", "Y", "2030")})
    assert back.effect == -2.0
    assert (back.low, back.high) == (-found.high, -found.low)


def test_a_summary_groups_outcomes_by_what_is_done_to_them() -> None:
    fall = replace(RISE, label="Mean price of new BEVs", effect=-2.4, low=-2.8, high=-2.0)
    unclear = replace(RISE, label="BEV share of new sales", low=-1.0)
    assert summary([unclear, RISE, fall, replace(RISE, label="Ports")], "the detour") == (
        "In 2030 the detour raises installed storage and ports, lowers BEV prices and does not clearly move the BEV "
        "share."
    )
    assert listed(["a", "b", "c"]) == "a, b and c"
