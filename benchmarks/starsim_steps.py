"""Agent-steps a CPU second, beside Starsim's, which is another model of other things.

Starsim (https://starsim.org) is no dependency: ``uv run --with starsim python benchmarks/starsim_steps.py``.
"""  # noqa: INP001 - a script, not a package

import statistics
import sys
import time
from collections.abc import Callable

import starsim  # type: ignore[import-not-found, unused-ignore] # not a dependency

from market.model import Market
from market.scenario import Run, Scenario

SIZES = (100_000, 1_000_000, 10_000_000)
STEPS = 20
ROUNDS = 3
LAST_QUARTER = "2025Q1"


def ours(size: int) -> Callable[[], None]:
    """Quarters of the market after it is built: choices, trades, prices, books, all other agents."""
    market = Market(parameters=Scenario(run=Run(consumers=size, last_quarter=LAST_QUARTER)), rng=1)

    def steps() -> None:
        for _ in range(STEPS):
            market.step()

    return steps


def theirs(size: int) -> Callable[[], None]:
    """Steps of an SIR epidemic on a random network with four contacts an agent, after it is set up."""
    epidemic = starsim.SIR(beta=0.1, init_prev=0.01)
    network = starsim.RandomNet(n_contacts=4)
    sim = starsim.Sim(n_agents=size, diseases=epidemic, networks=network, start=0, dur=STEPS, dt=1, verbose=0)
    sim.init()
    return sim.run


def main() -> None:
    """Print a table."""
    lines = ["| agents | Starsim SIR, million agent-steps a CPU s | Detour, million seat-quarters a CPU s |"]
    lines.append("| --- | --- | --- |")
    for size in SIZES:
        speed: dict[str, list[float]] = {"theirs": [], "ours": []}
        for _ in range(ROUNDS):
            for name, made in (("theirs", theirs), ("ours", ours)):
                steps = made(size)
                begun = time.process_time()
                steps()
                speed[name].append(size * STEPS / (time.process_time() - begun) / 1e6)
        told = (f"{statistics.median(speed[name]):.2f}" for name in ("theirs", "ours"))
        lines.append(f"| {size:,} | {' | '.join(told)} |")
    sys.stdout.write("\n".join([*lines, ""]))


main()
