"""The paired runs behind docs/evidence.md: one change at a time from a common base, all with common random numbers."""

import multiprocessing
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

import pandas as pd

from market.base import quarters
from market.model import Market
from market.outputs import growth_by_term
from market.recorder import TABLES
from market.scenario import Scenario

Changes = Mapping[str, Mapping[str, float | bool | str]]
Frames = dict[str, pd.DataFrame]

PROCESSES = 2
CONSUMERS = 100_000
SEED = 1
SAMPLE_SIZES = (2_000, 8_000, 32_000, 100_000)
SAMPLE_SEEDS = range(1, 9)
STEP_UP = 1.1  # factor of the levers that measure an elasticity
PRICE_STEP = 1.05  # factor on BEV target prices

BASE: Changes = {"run": {"last_quarter": "2026Q4"}, "policy": {"federal_credit_end": "2026Q4"}}
_FREE: Changes = {"run": {"last_quarter": "2026Q4", "origin": "2017Q4", "limits": "to_origin"}}
_NO_Q: Changes = {"charging": {"living_public_weight": 0.0}}
CASES: dict[str, Changes] = {
    "base": {},
    "price": {"makers": {"bev_price_factor": PRICE_STEP}},
    "gasoline": {"world": {"gasoline_factor": STEP_UP}},
    "electricity": {"world": {"electricity_factor": STEP_UP}},
    "range": {"makers": {"bev_range_factor": STEP_UP}},
    "ports": {"charging": {"port_factor": STEP_UP}},
    "no credits": {"policy": {"federal_credit_factor": 0.0, "state_rebate_factor": 0.0}},
    "no federal credits": {"policy": {"federal_credit_factor": 0.0}},
    "bad brand": {"trust": {"bad_brand_trouble_share": 0.4}},
    "recall": {"trust": {"recall_cars": 110_324.0, "recall_quarter": "2025Q1"}},
    "silent": {"rules": {"proofs": "silent"}},
    "free": _FREE,
    "operators from 2017": {**_FREE, "operators": {"from_start": True}},
    "free, ports": {**_FREE, "charging": {"port_factor": STEP_UP}},
    "no Q": _NO_Q,
    "no Q, gasoline": {**_NO_Q, "world": {"gasoline_factor": STEP_UP}},
    "no Q, electricity": {**_NO_Q, "world": {"electricity_factor": STEP_UP}},
}
_STEADY: Changes = {"run": {"fast_graph": True}}


@dataclass(frozen=True)
class Task:
    """One run: simulated consumers, seed and what differs from ``BASE``."""

    consumers: int = CONSUMERS
    seed: int = SEED
    changes: Changes = field(default_factory=dict)

    def scenario(self) -> Scenario:
        """The scenario of the run."""
        groups = {*BASE, *self.changes}
        values = {group: {**BASE.get(group, {}), **self.changes.get(group, {})} for group in groups}
        values["run"] = {**values["run"], "consumers": self.consumers}
        return Scenario.model_validate(values)


def run(task: Task) -> Frames:
    """All result tables of one run."""
    market = Market(parameters=task.scenario(), rng=task.seed)
    market.run()
    return {name: market.recorder.frame(name) for name in TABLES}


def run_all(tasks: Sequence[Task]) -> list[Frames]:
    """Result tables of every task, in order, worked out in two processes."""
    with ProcessPoolExecutor(PROCESSES, mp_context=multiprocessing.get_context("spawn")) as pool:
        return list(pool.map(run, tasks))


def paired_runs(consumers: int = CONSUMERS) -> dict[str, Frames]:
    """Every case by name."""
    tasks = [Task(consumers, changes=changes) for changes in CASES.values()]
    return dict(zip(CASES, run_all(tasks), strict=True))


def sampling_runs(sizes: Sequence[int] = SAMPLE_SIZES, seeds: Sequence[int] = SAMPLE_SEEDS) -> pd.DataFrame:
    """National tables of all sizes and seeds, one under the other, with columns ``consumers`` and ``seed``.

    On the fast graph and with gasoline on its mean path, so that seeds differ in buyers' random streams alone.
    """
    tasks = [Task(consumers, seed, _STEADY) for consumers in sizes for seed in seeds]
    frames = [
        frames["national"].assign(consumers=task.consumers, seed=task.seed)
        for task, frames in zip(tasks, run_all(tasks), strict=True)
    ]
    return pd.concat(frames, ignore_index=True)


def free_runs(consumers: int = CONSUMERS, seeds: Sequence[int] = SAMPLE_SEEDS) -> pd.DataFrame:
    """National tables of the free run for all seeds, the world drawn, one under the other, with a column ``seed``."""
    drawn = {**_FREE, "world": {"shocks": True}}
    results = run_all([Task(consumers, seed, drawn) for seed in seeds])
    frames = [frames["national"].assign(seed=seed) for seed, frames in zip(seeds, results, strict=True)]
    return pd.concat(frames, ignore_index=True)


def base_market(consumers: int = CONSUMERS) -> Market:
    """The market of the base run at its end."""
    market = Market(parameters=Task(consumers).scenario(), rng=SEED)
    market.run()
    return market


def explained_growth(first: str, last: str, every: int, consumers: int = CONSUMERS) -> pd.DataFrame:
    """Growth of the log-odds of the BEV share over each ``every`` quarters: last quarters down, terms across.

    Constants are inverted up to the origin.
    """
    market = Market(parameters=Task(consumers).scenario(), rng=SEED)
    explanation = market.new_explanation()
    growth: dict[str, dict[str, float]] = {}
    while market.quarter < quarters.index(last):
        market.step()
        since = market.quarter - quarters.index(first)
        if since >= 0 and since % every == 0:
            growth[quarters.label(market.quarter)] = growth_by_term(market, explanation)
    return pd.DataFrame.from_dict(growth, orient="index").dropna()
