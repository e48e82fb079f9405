"""Through which channels cells move car buyers: a scenario's difference from the reference by Shapley values (R5).

``python -m experiments.attribution.channels SCENARIO [--out DIR] [--workers N]`` writes ``channels.csv``, for a
scenario or, with ``--points FILE.csv``, for the worlds that the lines of a design's file change in it. Every subset of
the channels is run in both worlds (mean field, fast graph, to 2030Q4); a channel that changes no bit in either, added
to none or taken from all, is a null player, and its subsets are not run.
"""

import argparse
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from itertools import combinations
from multiprocessing import get_context
from pathlib import Path

import pandas as pd

from experiments.attribution.shapley import shapley
from experiments.inputs.scenario_files import load_scenario
from market.base.object_pairs import Array
from market.cells.channel_parameters import Channels
from market.model import Market
from market.recorder import NATIONAL_ONLY
from market.scenario import Scenario

YEARS = (2028, 2030)
LAST_QUARTER = "2030Q4"
ALL: frozenset[str] = frozenset(Channels.model_fields)
WHOLE, REST = "whole", "not through cells"
PARTS = {
    "own_cells": "pack_own_cells_usd_per_kwh",
    "production_credit": "pack_credit_usd_per_kwh",
    "duties": "pack_duty_usd_per_kwh",
    "shadow_price": "pack_shadow_price_usd_per_kwh",
}
"""Columns of the parts of pack cost by channel; other channels add nothing to a pack."""

Subset = frozenset[str]
Run = Callable[[list[tuple[Scenario, Subset]]], Iterable[pd.DataFrame]]
"""Runs worlds with subsets of their channels open, all tables in order."""


def run_subset(task: tuple[Scenario, Subset]) -> pd.DataFrame:
    """National table by quarter of a scenario in which only a subset of its channels is open.

    No channel adds anything up to the origin, so that all subsets go on from the same state there.
    """
    scenario, subset = task
    state = _state_at_origin(scenario.model_dump_json())
    market = Market(scenario.with_(channels=dict.fromkeys(sorted(ALL - subset), False)), rng=1, record=NATIONAL_ONLY)
    market.restore({name: array.copy() for name, array in state.items()})  # which the market goes on to use
    market.run()
    market.release()
    return market.recorder.frame("national")


@lru_cache(maxsize=2)  # a world and the reference
def _state_at_origin(scenario: str) -> Mapping[str, Array]:
    """State of a scenario, given as JSON, at the end of observed data."""
    market = Market(Scenario.model_validate_json(scenario), rng=1, record=NATIONAL_ONLY)
    while market.quarter < market.origin:
        market.step()
    state = market.state()
    market.release()
    return state


def quick(scenario: Scenario) -> Scenario:
    """The scenario as this study runs it."""
    return scenario.with_(run={"mean_field": True, "fast_graph": True, "last_quarter": LAST_QUARTER})


class RunOnce:
    """Runs worlds, but none with the same channels open a second time."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._tables: dict[tuple[str, Subset], pd.DataFrame] = {}

    def __call__(self, tasks: list[tuple[Scenario, Subset]]) -> list[pd.DataFrame]:
        """Their national tables, in order."""
        keys = [(scenario.model_dump_json(), subset) for scenario, subset in tasks]
        new = {key: task for key, task in zip(keys, tasks, strict=True) if key not in self._tables}
        self._tables |= dict(zip(new, self._run(list(new.values())), strict=True))
        return [self._tables[key] for key in keys]


class Worlds:
    """National tables of two worlds by subset of open channels."""

    def __init__(self, scenario: Scenario, reference: Scenario, run: Run) -> None:
        self._pair = (scenario, reference)
        self._run = run

    def of(self, subsets: Iterable[Subset]) -> list[tuple[pd.DataFrame, pd.DataFrame]]:
        """Tables of both worlds with these channels open, in order."""
        done = list(self._run([(world, each) for each in subsets for world in self._pair]))
        return list(zip(done[::2], done[1::2], strict=True))


def live_channels(worlds: Worlds) -> Subset:
    """Channels that change a number of a car's in either world, added to none or taken from all."""
    none: Subset = frozenset()
    ends = {name: (none, frozenset({name}), ALL - {name}, ALL) for name in sorted(ALL)}
    worlds.of(subset for subsets in ends.values() for subset in subsets)
    return frozenset(name for name, subsets in ends.items() if _differs(worlds, subsets))


def _differs(worlds: Worlds, subsets: tuple[Subset, ...]) -> bool:
    bare, added, taken, whole = worlds.of(subsets)
    pairs = [*zip(bare, added, strict=True), *zip(taken, whole, strict=True)]
    return any((one["bev_share_new"] != other["bev_share_new"]).any() for one, other in pairs)


def year_mean(table: pd.DataFrame, year: int, column: str) -> float:
    """Mean of a column over the quarters of a year."""
    return float(table.loc[table["quarter"].str.startswith(str(year)), column].mean())


def attributed(worlds: Worlds, live: Subset, year: int) -> pd.DataFrame:
    """A row a channel, one for what comes not through cells, and their sum, the whole.

    Columns: ``year``, ``channel``, ``bev_share_new``, difference between the worlds in a share, and ``kusd_per_bev``,
    that in the cost of a pack, thousand 2025 $ a car.
    """
    dead = ALL - live
    subsets = [frozenset(each) for size in range(len(live) + 1) for each in combinations(sorted(live), size)]
    tables = worlds.of(subset | dead if subset == live else subset for subset in subsets)
    gain = {
        subset: year_mean(one, year, "bev_share_new") - year_mean(other, year, "bev_share_new")
        for subset, (one, other) in zip(subsets, tables, strict=True)
    }
    by_channel: Mapping[str, float] = shapley(gain)
    whole = worlds.of([ALL])[0]
    rows = [(year, name, by_channel.get(name, 0.0), _kusd(whole, year, name)) for name in sorted(ALL)]
    rows.append((year, REST, gain[frozenset()], 0.0))
    rows.append((year, WHOLE, gain[live], sum(row[3] for row in rows)))
    return pd.DataFrame(rows, columns=["year", "channel", "bev_share_new", "kusd_per_bev"])


def _kusd(worlds: tuple[pd.DataFrame, pd.DataFrame], year: int, channel: str) -> float:
    if channel not in PARTS:
        return 0.0
    one, other = (
        year_mean(table.assign(cost=table[PARTS[channel]] * table["bev_pack_kwh"] / 1e3), year, "cost")
        for table in worlds
    )
    return one - other


def channels(scenarios: Mapping[str, Scenario], reference: Scenario, workers: int) -> pd.DataFrame:
    """The table ``channels``: rows of ``attributed`` for each world by its name, for all ``YEARS``."""
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        run = RunOnce(lambda tasks: pool.map(run_subset, tasks))
        tables = []
        for name, scenario in scenarios.items():
            worlds = Worlds(quick(scenario), quick(reference), run)
            live = live_channels(worlds)
            tables += [attributed(worlds, live, year).assign(world=name) for year in YEARS]
        found = pd.concat(tables, ignore_index=True)
    return found[["world", *found.columns.drop("world")]]


def changed_by(points: Path, scenario: str, overrides: Sequence[str]) -> dict[str, Scenario]:
    """The worlds that lines of a file make of a scenario, by what they change against the first line."""
    table = pd.read_csv(points)
    usual = table.iloc[0]
    worlds = {}
    for _, line in table.iloc[1:].iterrows():
        name = " ".join(f"{column}={line[column]:g}" for column in table.columns if line[column] != usual[column])
        worlds[name] = load_scenario(scenario, [*overrides, *name.split()]).scenario
    return worlds


def main() -> None:
    """Run the study and write its table."""
    parser = argparse.ArgumentParser(description="Which channels from cells to cars make a scenario differ.")
    parser.add_argument("scenario", help="a scenario's name or a .toml file")
    parser.add_argument("--set", action="append", default=[], metavar="GROUP.KEY=VALUE", dest="overrides")
    parser.add_argument("--points", type=Path, metavar="FILE.csv", help="points of a design, its first line the usual")
    parser.add_argument("--out", type=Path, default=Path("results/channels"))
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    if given.points is None:
        worlds = {given.scenario: load_scenario(given.scenario, given.overrides).scenario}
    else:
        worlds = changed_by(given.points, given.scenario, given.overrides)
    table = channels(worlds, load_scenario("reference").scenario, given.workers)
    given.out.mkdir(parents=True, exist_ok=True)
    table.to_csv(given.out / "channels.csv", index=False)
    print(table.to_string(index=False))  # noqa: T201 - what the command is for


if __name__ == "__main__":
    main()
