"""CPU time in reference kernels, into results/kernels.csv and its page: ``python benchmarks/kernels.py [CASE ...]``."""  # noqa: INP001 - a script, not a package

import argparse
import os
import platform
import resource
import statistics
import sys
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pandas as pd
from kernel_cases import CASES, Case
from reference_kernel import kernel_cpu_s
from threadpoolctl import threadpool_info

from experiments.documents.evidence import put_between_markers
from experiments.runs.whole_files import write_whole

ROOT = Path(__file__).parents[1]
TABLE = ROOT / "results" / "kernels.csv"
PAGE = TABLE.with_name("benchmarks.md")
ROUNDS = 5
_SECONDS_AN_HOUR = 3600
_CORES = 2
_CPU_INFO = Path("/proc/cpuinfo")

Measured: TypeAlias = dict[str, float | str]


def processor() -> str:
    """The processor's name as the system tells it."""
    told = _CPU_INFO.read_text(encoding="utf-8") if _CPU_INFO.is_file() else ""
    names = [line.partition(":")[2].strip() for line in told.splitlines() if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def blas_kernel() -> str:
    """The matrix kernel that NumPy's BLAS chose for this processor."""
    found = [pool for pool in threadpool_info() if pool["user_api"] == "blas" and "numpy" in pool["filepath"]]
    return " ".join(str(found[0][part]) for part in ("internal_api", "architecture")) if found else "unknown"


def used_cpu_s() -> float:
    """CPU seconds of this process and of its children that have ended."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


def timed(case: Case) -> tuple[float, float]:
    """CPU seconds of a case made ready, and of a kernel: the mean of one just before and one just after."""
    work = case.prepare()
    before, start = kernel_cpu_s(), used_cpu_s()
    work()
    return used_cpu_s() - start, (before + kernel_cpu_s()) / 2


def measured(names: list[str], rounds: int, label: str) -> list[Measured]:
    """Medians of rounds in which the cases take turns; a first round warms up and does not count."""
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
    for number in range(rounds + 1):
        for name in names:
            times[name].append(timed(CASES[name]))
            sys.stderr.write(f"round {number} {name}: {times[name][-1][0]:.2f} CPU s\n")
    facts = {"processor": processor(), "processors": os.cpu_count() or 1, "numpy": np.__version__, "blas": blas_kernel()}
    rows: list[Measured] = []
    for name, found in times.items():
        ratios = [cpu_s / kernel_s for cpu_s, kernel_s in found[1:]]
        told = {"cpu_s": statistics.median(cpu_s for cpu_s, _ in found[1:]), "kernels": statistics.median(ratios)}
        spread = {"least_kernels": min(ratios), "most_kernels": max(ratios)}
        kernel_s = statistics.median(kernel_s for _, kernel_s in found[1:])
        rows.append({"label": label, "case": name, **told, **spread, "kernel_s": kernel_s, "rounds": rounds, **facts})
    return rows


def kept(rows: list[Measured]) -> pd.DataFrame:
    """The table on disk with these rows in the place of earlier ones of the same label and case."""
    new = pd.DataFrame(rows)
    if not TABLE.is_file():
        return new
    old = pd.read_csv(TABLE)
    again = old.set_index(["label", "case"]).index.isin(new.set_index(["label", "case"]).index)
    return pd.concat([old[~again], new], ignore_index=True)


def part(table: pd.DataFrame) -> str:
    """The part of the page: a row a case, a column a label, and what each label was measured on."""
    labels = list(dict.fromkeys(table["label"]))
    lines = [f"| case | goal | {' | '.join(labels)} | CPU s, {labels[-1]} |", "| --- | --- |" + " --- |" * (len(labels) + 1)]
    by_case = table.set_index(["case", "label"]).sort_index(kind="stable")
    for name, case in CASES.items():
        cells = [_cell(by_case, (name, label)) for label in labels]
        goal = "" if case.goal is None else f"{case.goal:g}"
        seconds = f"{by_case.loc[(name, labels[-1]), 'cpu_s']:.2f}" if (name, labels[-1]) in by_case.index else ""
        lines.append(f"| {case.title} | {goal} | {' | '.join(cells)} | {seconds} |")
    lines += ["", *(_facts(table[table["label"] == label]) for label in labels)]
    return "\n".join(lines)


def _cell(by_case: pd.DataFrame, place: tuple[str, str]) -> str:
    if place not in by_case.index:
        return ""
    row = by_case.loc[place]
    return f"{row['kernels']:.3g} ({row['least_kernels']:.3g} to {row['most_kernels']:.3g})"


def _facts(rows: pd.DataFrame) -> str:
    first = rows.iloc[-1]
    an_hour = rows.loc[rows["case"] == "study", "cpu_s"]
    runs = "" if an_hour.empty else f" {_CORES * _SECONDS_AN_HOUR / an_hour.iloc[0]:,.0f} mean-field runs an hour on two cores."
    return (
        f"* *{first['label']}*: {first['processors']} x {first['processor']}, NumPy {first['numpy']}, {first['blas']}; a kernel took "
        f"{rows['kernel_s'].median():.2f} CPU s; medians of {first['rounds']} rounds.{runs}"
    )


def main() -> None:
    """Measure, keep, write the page."""
    parser = argparse.ArgumentParser(description="CPU time in reference kernels.")
    parser.add_argument("cases", nargs="*", help=f"of {', '.join(CASES)}; all if none is given")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="that count, after one that warms up")
    parser.add_argument("--label", default="now", help="name of the column; another measurement of that name is replaced")
    arguments = parser.parse_args()
    names = arguments.cases or list(CASES)
    if wrong := [name for name in names if name not in CASES]:
        parser.error(f"no case {wrong[0]}; there are {', '.join(CASES)}")
    table = kept(measured(names, arguments.rounds, arguments.label))
    write_whole(TABLE, table.to_csv(index=False, float_format="%.5g").encode())
    page = put_between_markers(PAGE.read_text(encoding="utf-8"), "kernels", part(table))
    write_whole(PAGE, page.encode())


if __name__ == "__main__":
    main()
