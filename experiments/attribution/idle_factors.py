"""Which parameters move nothing: each is moved alone in small runs of three base states, all tables compared by bit.

``python -m experiments.attribution.idle_factors [--out FILE]`` writes those that change no table of any base state.
"""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from experiments.inputs.parameter_list import Value, every_parameter
from experiments.runs.whole_files import write_whole
from experiments.shown_text import say
from experiments.states.acting import ALWAYS, fitting, others, scenario_of
from market.model import Market
from market.recorder import TABLES

SMALL: dict[str, Value] = {"run.fast_graph": True, "run.consumers": 1_000}
BASES: dict[str, dict[str, Value]] = {
    "slack cells": {},
    "tight cells": {
        "storage.data_center_factor": 4.0,
        "storage.price_premium": 0.5,
        "storage.saturation": 0.3,
        "world.market_index": 1.2,
        "makers.bev_price_factor": 0.7,
    },
    "levers on": {
        "world.shocks": True,
        "trust.announced_cut_kusd": 5.0,
        "trust.recall_cars": 500_000.0,
        "trust.bad_brand_trouble_share": 0.1,
        "trust.verified_battery": 0.4,
        "trust.verified_uptime": 0.4,
        "trust.certified_share": 0.4,
        "trust.claims": 0.2,
        "trust.longer_warranty": 0.4,
        "operators.upkeep_floor_all": 0.3,
        "policy.zev_requirement": 0.3,
        "storage.adaptive_revenue": True,
        "grid.managed_share": 0.4,
        "grid.vehicle_to_grid_kw": 4.0,
        "charging.open_networks": True,
        "cells.capital_factor": 0.1,
    },
}
"""Where parameters are moved: the reference, whose lines are slack; scarce cells; and levers that are off in it."""


class Base:
    """A run of a base state that others are compared with."""

    def __init__(self, values: Mapping[str, Value]) -> None:
        self.values = {**SMALL, **values}
        market = Market(scenario_of(self.values), rng=1)
        market.run()
        self._tables = {name: market.recorder.frame(name) for name in TABLES}
        self._rows = market.recorder.rows("national")
        market.release()

    def is_moved(self, values: Mapping[str, Value]) -> bool:
        """Whether any table changes, or the run ends with an error; it stops at the first national row that does."""
        market = Market(scenario_of({**self.values, **values}), rng=1)
        try:
            for row in self._rows:
                market.step()
                found = market.recorder.last("national")
                if any(repr(value) != repr(found[column]) for column, value in row.items()):
                    return True
            return any(not market.recorder.frame(name).equals(self._tables[name]) for name in TABLES)
        except (ArithmeticError, ValueError, LookupError, RuntimeError):
            return True
        finally:
            market.release()


def factors() -> list[str]:
    """Parameters that could move something: all but those that say what is run."""
    return [name for name in every_parameter() if name.partition(".")[0] not in ALWAYS]


def idle_in(base: Mapping[str, Value], names: Sequence[str]) -> list[str]:
    """Those among the names that change no table of a base state, at either of the values they are moved to."""
    usual = Base(base)
    idle = []
    for name in names:
        tried = [
            fitting({key: value for key, value in usual.values.items() if key != name}, {name: each})
            for each in others(every_parameter()[name])
        ]
        if not any(usual.is_moved(values) for values in tried if values):
            idle.append(name)
    return idle


def main() -> None:
    """Move every factor and write those that move nothing anywhere."""
    parser = argparse.ArgumentParser(description="Which parameters move nothing in any of three base states.")
    parser.add_argument("--out", type=Path, default=Path("results/idle_factors.csv"))
    asked = parser.parse_args()
    left = factors()
    say(f"{len(left)} factors")
    for name, base in BASES.items():
        left = idle_in(base, left)
        say(f"{name}: {len(left)} move nothing: {', '.join(left)}")
    table = pd.DataFrame([(name, every_parameter()[name].meaning) for name in left], columns=["factor", "meaning"])
    write_whole(asked.out, table.to_csv(index=False).encode())


if __name__ == "__main__":
    main()
