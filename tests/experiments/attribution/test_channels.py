"""The table of channels: worlds made by hand, in which what each channel does is known (R5)."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd
import pytest

from experiments.attribution.channels import (
    ALL,
    PARTS,
    REST,
    WHOLE,
    RunOnce,
    Subset,
    Worlds,
    attributed,
    changed_by,
    live_channels,
    run_subset,
)
from market.model import Market
from market.scenario import Scenario

HERE, THERE = Scenario(question="here"), Scenario(question="there")


class ToyWorlds:
    """Worlds where 45X costs 2 points of share there, with duties 1 more, and 3 points are lost without cells."""

    def __init__(self) -> None:
        self.ran: list[Subset] = []

    def __call__(self, tasks: list[tuple[Scenario, Subset]]) -> Iterable[pd.DataFrame]:
        """National tables of one quarter."""
        for scenario, subset in tasks:
            self.ran.append(subset)
            there = scenario.question == "there"
            share = 0.20 - 0.03 * there
            if there and "production_credit" in subset:
                share -= 0.02 + 0.01 * ("duties" in subset)
            row = {
                "quarter": "2028Q1",
                "bev_share_new": share,
                "bev_pack_kwh": 80.0,
                **dict.fromkeys(PARTS.values(), 0),
            }
            row["pack_credit_usd_per_kwh"] = 10.0 * (there and "production_credit" in subset)
            yield pd.DataFrame([row])


def test_only_channels_that_change_something_are_run_in_subsets() -> None:
    """All, none, and each added and taken away, in both worlds; the subsets of the two live ones are among these."""
    toy = ToyWorlds()
    worlds = Worlds(THERE, HERE, RunOnce(toy))
    assert live_channels(worlds) == {"production_credit", "duties"}
    attributed(worlds, live_channels(worlds), 2028)
    assert len(toy.ran) == 2 * len(set(toy.ran)) == 2 * (2 * len(ALL) + 2)


def test_channels_and_the_rest_sum_to_the_whole() -> None:
    worlds = Worlds(THERE, HERE, ToyWorlds())
    table = attributed(worlds, live_channels(worlds), 2028).set_index("channel")
    share = table["bev_share_new"]
    assert share["production_credit"] == pytest.approx(-0.025, rel=1e-9)
    assert share["duties"] == pytest.approx(-0.005, rel=1e-9)
    assert share["programmes"] == 0.0
    assert share[REST] == pytest.approx(-0.03, rel=1e-9)
    assert share[WHOLE] == pytest.approx(share.drop(WHOLE).sum(), rel=1e-9)
    assert table["kusd_per_bev"][WHOLE] == table["kusd_per_bev"]["production_credit"] == pytest.approx(0.8)


def test_a_world_runs_with_only_its_channels_open() -> None:
    short = Scenario.model_validate(
        {"run": {"mean_field": True, "fast_graph": True, "last_quarter": "2018Q1", "origin": "2017Q4"}}
    )
    for subset in (frozenset[str](), frozenset({"duties"})):  # the second from the state that the first went on from
        table = run_subset((short, subset))
    assert (table["pack_own_cells_usd_per_kwh"] == 0.0).all()
    assert table["quarter"].iloc[-1] == "2018Q1"
    whole = Market(short.with_(channels=dict.fromkeys(sorted(ALL - {"duties"}), False)), rng=1)
    whole.run()
    assert table.equals(whole.recorder.frame("national"))


def test_a_world_two_studies_share_runs_once() -> None:
    toy = ToyWorlds()
    run = RunOnce(toy)
    for there in (THERE, Scenario(question="elsewhere")):
        Worlds(there, HERE, run).of([ALL])
    assert len(toy.ran) == 3


def test_lines_of_a_design_are_worlds_named_by_what_they_change(tmp_path: Path) -> None:
    points = tmp_path / "points.csv"
    points.write_text("policy.tariff_factor,cells.hurdle\n1.0,1.0\n2.0,1.0\n2.0,1.5\n", encoding="utf-8")
    worlds = changed_by(points, "reference", ["run.consumers=1000"])
    assert list(worlds) == ["policy.tariff_factor=2", "policy.tariff_factor=2 cells.hurdle=1.5"]
    last = worlds["policy.tariff_factor=2 cells.hurdle=1.5"]
    assert (last.policy.tariff_factor, last.cells.hurdle, last.run.consumers) == (2.0, 1.5, 1_000)
