"""Runs by size, phases, start-up, paired luck, into results/benchmarks.md: ``python benchmarks/scale.py``."""  # noqa: INP001 - a script, not a package

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from consumer_quarter import compared, floors
from run_speed import timed_quarters

from agents.population import row_work
from experiments.documents.evidence import put_between_markers
from experiments.runs.manifest import Manifest
from experiments.runs.run import every_seat
from experiments.runs.store import read_result
from market.model import Market
from market.scenario import Run, Scenario

PAGE = Path(__file__).parents[1] / "results" / "benchmarks.md"
SIZES = ("100000", "1000000", "10000000", "100000000", "all")
PHASE_SIZES = (2_000, 100_000, 1_000_000)
LAST_QUARTER = "2026Q4"
QUARTERS = 76
MEAN_FIELD_ROUNDS = 5
EXPONENT_FROM = 1_000_000  # smaller runs are mostly fixed cost
SEEDS = range(8)
CHANGES: dict[str, dict[str, dict[str, object]]] = {
    "no credit after the origin": {"policy": {"federal_credit_factor": 0.0}},
    "credit twice as high": {"policy": {"federal_credit_factor": 2.0}},
    "twice the chargers": {"charging": {"port_factor": 2.0}},
    "no waiting": {"trust": {"waiting_sensitivity": 0.0}},
    "range worth half": {"buyers": {"range_value_kusd": 6.0}},
}


def timed(call: list[str]) -> tuple[float, float]:
    """Wall and processor seconds of a process, from its start to its end."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(call, check=True, capture_output=True)  # noqa: S603 - our own command
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def command(*arguments: str) -> tuple[float, float]:
    """Wall and processor seconds of a ``detour`` command."""
    return timed([sys.executable, "-c", "from experiments.cli import main; main()", *arguments])


def start_up() -> list[str]:
    """Processor seconds of commands that do little."""
    lines = ["| command | CPU s |", "| --- | --- |"]
    with tempfile.TemporaryDirectory() as folder:
        run = ("run", "--consumers", "2000", "--streams", "0", "--no-figures", "--out", folder)
        for arguments in (("--help",), ("validate", "reference"), run):
            shown = " ".join(arguments[:3])
            lines.append(f"| `detour {shown}` | {command(*arguments)[1]:.2f} |")
    return [*lines, f"| (Python alone) | {timed([sys.executable, '-c', ''])[1]:.2f} |"]


def whole_run(*options: str) -> tuple[float, float, Manifest]:
    """Wall and processor seconds of ``detour run`` and what it says of the run."""
    with tempfile.TemporaryDirectory() as folder:
        wall, cpu = command("run", *options, "--streams", "0", "--no-figures", "--out", folder)
        (page,) = Path(folder).rglob("run.json")
        return wall, cpu, read_result(page.parent).manifest


def whole_runs(sizes: list[str]) -> list[str]:
    """Wall and processor time and memory of whole runs, each in a process of its own, and how cost grows."""
    lines = ["| consumers | wall s | CPU s | CPU ns a seat-quarter | peak MiB |", "| --- | --- | --- | --- | --- |"]
    counts, times = [], []
    for size in sizes:
        wall, cpu, told = whole_run("--consumers", size)
        counts.append(told.consumers)
        times.append(cpu)
        each = cpu / told.consumers / QUARTERS * 1e9
        lines.append(f"| {told.consumers:,} | {wall:.0f} | {cpu:.0f} | {each:.1f} | {told.peak_rss_mib:,.0f} |")
    for places, fast in (("127", "true"), ("260", "false")):
        runs = [whole_run("--mean-field", "--set", f"run.fast_graph={fast}") for _ in range(MEAN_FIELD_ROUNDS)]
        wall, cpu = (float(np.median([run[part] for run in runs])) for part in (0, 1))
        peak = runs[0][2].peak_rss_mib
        lines.append(f"| mean field, {places} places | {wall:.1f} | {cpu:.1f} | | {peak:,.0f} |")
    lines += ["", f"Wall time is of the whole process; of mean field the median of {MEAN_FIELD_ROUNDS} runs is shown."]
    large = np.array(counts) >= EXPONENT_FROM
    if large.sum() > 1:
        exponent = np.polyfit(np.log(np.array(counts)[large]), np.log(np.array(times)[large]), 1)[0]
        lines += ["", f"CPU grows with the power {exponent:.2f} of the population from {EXPONENT_FROM:,} on."]
    return lines


def phases() -> list[str]:
    """Milliseconds of every phase by size, means to 2026Q4 after warming up."""
    by_size = []
    for size in PHASE_SIZES:
        market = Market(parameters=Scenario(run=Run(consumers=size, last_quarter=LAST_QUARTER)), rng=1)
        by_size.append(timed_quarters(market)[1])
    heads = " | ".join(f"{size:,}" for size in PHASE_SIZES)
    lines = [f"| phase, ms | {heads} |", "| --- | --- | --- | --- |"]
    means = {name: [f"{1e3 * np.mean(each[name]):.1f}" for each in by_size] for name in by_size[0]}
    return lines + [f"| `{name}` | {' | '.join(each)} |" for name, each in means.items()]


def bev_sales(seed: int, changes: dict[str, dict[str, object]]) -> float:
    """Battery cars drawn in the last year of a small run, millions."""
    run = Run(consumers=2_000, fast_graph=True, last_quarter=LAST_QUARTER)
    market = Market(parameters=Scenario.model_validate({"run": run, **changes}), rng=seed)
    market.run()
    return float(market.recorder.frame("national")["bev_sales_drawn"].iloc[-4:].sum()) / 1e6


def paired() -> list[str]:
    """Variance of differences between scenarios with shared luck, against independent luck."""
    base = np.array([bev_sales(seed, {}) for seed in SEEDS])
    lines = ["| scenario | mean difference, m cars | sd paired | sd unpaired | variance ratio |"]
    lines.append("| --- | --- | --- | --- | --- |")
    for name, changes in CHANGES.items():
        found = np.array([bev_sales(seed, changes) for seed in SEEDS])
        together = (found - base).std(ddof=1)
        apart = np.sqrt(found.var(ddof=1) + base.var(ddof=1))
        lines.append(
            f"| {name} | {(found - base).mean():.3f} | {together:.3f} | {apart:.3f} | {(together / apart) ** 2:.2f} |"
        )
    return lines


def main() -> None:
    """Measure what is asked for and write the page."""
    parser = argparse.ArgumentParser(description="Measure and write results/benchmarks.md.")
    parser.add_argument("--sizes", nargs="*", default=SIZES, help="populations of whole runs")
    parser.add_argument("--no-pairs", action="store_true", help="leave out paired luck, which takes minutes")
    arguments = parser.parse_args()
    threads, load = row_work.most_threads(), os.getloadavg()[0]
    seats, columns = every_seat(Scenario()), 7
    parts = {
        "Start-up": start_up(),
        "Whole runs": whole_runs(list(arguments.sizes)),
        "Phases of a quarter": phases(),
        "A decision and a row, against floors": floors(),
        "A consumer quarter three ways": compared(),
    }
    if not arguments.no_pairs:
        parts["Paired luck"] = paired()
    made = f"Made by `python benchmarks/scale.py` on {threads} processors; load of the machine at the start {load:.1f}."
    lines = [f"{made} One row a seat: {seats:,} rows of {columns} bytes."]
    for title, table in parts.items():
        lines += ["", f"## {title}", "", *table]
    page = put_between_markers(PAGE.read_text(encoding="utf-8"), "scale", "\n".join(lines))
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
