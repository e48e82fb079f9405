"""CPU time in reference kernels, into results/kernels.csv and its page: ``python benchmarks/kernels.py [CASE ...]``."""  # noqa: INP001 - a script, not a package

import argparse
import os
import platform
import resource
import statistics
import sys
from collections.abc import Hashable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

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
_CORE_SECONDS = 2 * 3600  # of two cores in an hour
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


def measured(names: list[str], rounds: int, label: str) -> Iterator[list[Measured]]:
    """A row a case after every round, in which the cases take turns; a first round warms up and does not count."""
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
    machine = {
        "processor": processor(), "processors": os.cpu_count() or 1, "numpy": np.__version__, "blas": blas_kernel(),
    }  # fmt: skip
    for number in range(rounds + 1):
        for name in names:
            times[name].append(timed(CASES[name]))
            sys.stderr.write(f"round {number} {name}: {times[name][-1][0]:.2f} CPU s\n")
        if number:
            yield [{"label": label, "case": name, **summed(found[1:]), **machine} for name, found in times.items()]


def summed(found: list[tuple[float, float]]) -> Measured:
    """Median CPU seconds and kernels of a case, and the spread of the kernels."""
    ratios = [cpu_s / kernel_s for cpu_s, kernel_s in found]
    return {
        "cpu_s": statistics.median(cpu_s for cpu_s, _ in found),
        "kernels": statistics.median(ratios),
        "least_kernels": min(ratios),
        "most_kernels": max(ratios),
        "kernel_s": statistics.median(kernel_s for _, kernel_s in found),
        "rounds": len(found),
    }


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
    rule = " | ".join(["---"] * (len(labels) + 3))
    lines = [f"| case | goal | {' | '.join(labels)} | CPU s, {labels[-1]} |", f"| {rule} |"]
    found = {(row["label"], row["case"]): row for row in table.to_dict("records")}
    for name, case in CASES.items():
        cells = [_cell(found.get((label, name))) for label in labels]
        goal = "" if case.goal is None else f"{case.goal:g}"
        last = found.get((labels[-1], name))
        seconds = "" if last is None else f"{last['cpu_s']:.2f}"
        lines.append(f"| {case.title} | {goal} | {' | '.join(cells)} | {seconds} |")
    return "\n".join([*lines, "", *(_facts(label, table[table["label"] == label]) for label in labels)])


def _cell(row: dict[Hashable, Any] | None) -> str:
    """Kernels, and from the least to the most of the rounds."""
    if row is None:
        return ""
    return f"{row['kernels']:.3g} ({row['least_kernels']:.3g} to {row['most_kernels']:.3g})"


def _facts(label: str, rows: pd.DataFrame) -> str:
    first, of_a_study = rows.iloc[-1], rows.loc[rows["case"] == "study", "cpu_s"]
    an_hour = "".join(f" {_CORE_SECONDS / each:,.0f} mean-field runs an hour on two cores." for each in of_a_study)
    where = f"{first['processors']} x {first['processor']}, NumPy {first['numpy']}, {first['blas']}"
    kernel = f"a kernel took {rows['kernel_s'].median():.2f} CPU s; medians of {first['rounds']} rounds."
    return f"* *{label}*: {where}; {kernel}{an_hour}"


def main() -> None:
    """Measure, keep, write the page after every round."""
    parser = argparse.ArgumentParser(description="CPU time in reference kernels.")
    parser.add_argument("cases", nargs="*", help=f"of {', '.join(CASES)}; all if none is given")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="that count, after one that warms up")
    parser.add_argument(
        "--label", default="now", help="name of the column; another measurement of that name is replaced"
    )
    arguments = parser.parse_args()
    names = arguments.cases or list(CASES)
    if wrong := [name for name in names if name not in CASES]:
        parser.error(f"no case {wrong[0]}; there are {', '.join(CASES)}")
    for rows in measured(names, arguments.rounds, arguments.label):
        table = kept(rows)
        write_whole(TABLE, table.to_csv(index=False, float_format="%.5g").encode())
        page = put_between_markers(PAGE.read_text(encoding="utf-8"), "kernels", part(table))
        write_whole(PAGE, page.encode())


if __name__ == "__main__":
    main()
