"""What docs/evidence.md shows: pure functions from the tables of runs to Markdown."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from experiments.documents.evidence_runs import Frames
from market.buyers.odds_path import BUYERS, USED, WAITING

_POINTS = 100.0
_FIRST_FREE = "2018"
_FIRST_SAMPLED = "2025Q1"  # the quarters before it follow the record
_INPUTS = ("price", "credit", "fuel", "range", "charging", "variety", "availability", "supply")


def markdown(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    titles = list(headings)
    lines = [titles, ["---"] * len(titles), *(list(row) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def of_year(frame: pd.DataFrame, year: int) -> pd.DataFrame:
    """Rows of a table whose column ``quarter`` lies in a year."""
    return frame[frame["quarter"].str.startswith(str(year))]


def charging_table(base: Frames) -> str:
    """Coverage, adequacy and ports at the end of some years."""
    national = base["national"].set_index("quarter")
    rows = [
        (label, f"{at['trip_coverage']:.3f}", f"{at['local_adequacy']:.3f}", f"{at['fast_ports']:,.0f}")
        for label, at in ((f"{year}Q4", national.loc[f"{year}Q4"]) for year in range(2017, 2025))
    ]
    return markdown(("quarter", "trips covered at 250 miles", "adequacy near home", "fast ports"), rows)


def sampling_table(runs: pd.DataFrame) -> str:
    """Spread over seeds of the quarterly BEV share by population size, and its slope."""
    late = runs[runs["quarter"] >= _FIRST_SAMPLED]
    late = late.assign(drawn=late["bev_sales_drawn"] / late["new_sales_drawn"])
    by_quarter = late.groupby(["consumers", "quarter"])
    sd = by_quarter[["drawn", "bev_share_new"]].var().groupby("consumers").mean().pow(0.5) * _POINTS
    binomial = late["bev_share_sd"].pow(2).groupby(late["consumers"]).mean().pow(0.5) * _POINTS
    sizes = sd.index.to_numpy(np.float64)
    columns = zip(sizes, sd["drawn"], binomial, sd["bev_share_new"], strict=True)
    rows = [
        (f"{size:,.0f}", f"{drawn:.2f}", f"{by_formula:.2f}", f"{expected:.3f}", f"{drawn * np.sqrt(size):.0f}")
        for size, drawn, by_formula, expected in columns
    ]
    slopes = [np.polyfit(np.log(sizes), np.log(sd[name]), 1)[0] for name in ("drawn", "bev_share_new")]
    headings = (
        "consumers N", "SD of sampled share, points", "binomial SD, points", "SD of expected share, points",
        "SD of sampled share x sqrt N",
    )  # fmt: skip
    note = f"Slope of log SD on log N (N^-1/2 is -0.5): sampled share {slopes[0]:.2f}, expected share {slopes[1]:.2f}."
    return f"{markdown(headings, rows)}\n\n{note}"


def first_quarter_table(base: Frames) -> str:
    """Shares of powertrains in 2025Q1 against the mean of 2024."""
    national = base["national"]
    year, after = of_year(national, 2024), national[national["quarter"] == "2025Q1"].iloc[0]
    rows = []
    for name in ("bev", "phev", "hev"):
        shares = year[f"{name}_share_recorded"] * _POINTS
        now = after[f"{name}_share_new"] * _POINTS
        swing = shares.max() - shares.min()
        rows.append((name.upper(), f"{shares.mean():.2f}", f"{swing:.2f}", f"{now:.2f}", f"{now - shares.mean():+.2f}"))
    headings = ("powertrain", "mean of 2024, %", "max - min in 2024, points", "2025Q1, %", "difference, points")
    return markdown(headings, rows)


def seasonal_table(growth: pd.DataFrame) -> str:
    """Growth in log-odds from quarter to quarter, inputs against constants, and the swing each makes within 2024."""
    parts = _parts(growth)
    rows = [
        (label, *(f"{value:+.3f}" for value in row)) for label, row in zip(parts.index, parts.to_numpy(), strict=True)
    ]
    level = parts.assign(inputs=growth[list(_INPUTS)].sum(axis=1)).loc["2024Q1":"2024Q4"].cumsum()
    swing = level.max() - level.min()
    note = (
        f"Swing (max - min) of the log-odds over the quarters of 2024: {swing['total']:.3f} in all;\n"
        f"{swing['inputs']:.3f} from inputs alone; {swing['constants']:.3f} from constants alone."
    )
    return f"{markdown(('quarter', *parts.columns), rows)}\n\n{note}"


def free_run_table(expected: pd.DataFrame, drawn: pd.DataFrame) -> str:
    """Simulated and observed BEV shares of the free run: on the expected path, and over worlds that are drawn.

    National tables; ``drawn``: of all seeds, one under the other, with a column ``seed``.
    """
    free = pd.concat([expected.assign(seed=0), drawn], ignore_index=True)
    cars = free.assign(
        year=free["quarter"].str[:4], bev_recorded=free["bev_share_recorded"] * free["new_sales_recorded"]
    )
    cars = cars[cars["bev_share_recorded"].notna() & (cars["year"] >= _FIRST_FREE)]
    sums = cars.groupby(["year", "seed"])[["bev_sales", "new_sales", "bev_recorded", "new_sales_recorded"]].sum()
    simulated = (_POINTS * sums["bev_sales"] / sums["new_sales"]).unstack("seed")
    recorded = (_POINTS * sums["bev_recorded"] / sums["new_sales_recorded"]).unstack("seed").iloc[:, 0]
    rows = [
        (year, f"{then:.2f}", f"{row[0]:.2f}", f"{row[0] - then:+.2f}", f"{np.median(row[1:]):.2f}",
         f"{row[1:].min():.2f} to {row[1:].max():.2f}")
        for year, then, row in zip(simulated.index.astype(str), recorded, simulated.to_numpy(), strict=True)
    ]  # fmt: skip
    yearly = (simulated.sub(recorded, axis=0)).abs().mean()
    note = (
        f"Mean absolute error over the years: {yearly[0]:.2f} points on the expected path; {len(yearly) - 1} drawn "
        f"worlds:\nmedian {yearly[1:].median():.2f}, range {yearly[1:].min():.2f} to {yearly[1:].max():.2f}."
    )
    headings = (
        "year",
        "observed, %",
        "expected path, %",
        "difference, points",
        "median of drawn worlds, %",
        "range, %",
    )
    return f"{markdown(headings, rows)}\n\n{note}"


def growth_table(growth: pd.DataFrame) -> str:
    """Growth of the recorded log-odds over each year, inputs against constants, in the inverted run."""
    parts = _parts(growth)
    rows = [
        (str(label)[:4], *(f"{value:+.2f}" for value in row))
        for label, row in zip(parts.index, parts.to_numpy(), strict=True)
    ]
    rows.append(("sum", *(f"{value:+.2f}" for value in parts.sum())))
    return markdown(("year", *parts.columns), rows)


def _parts(growth: pd.DataFrame) -> pd.DataFrame:
    """Growth by group of terms."""
    money, inputs = growth[["price", "credit"]].sum(axis=1), growth[list(_INPUTS)].sum(axis=1)
    return pd.DataFrame({
        "price and credit": money,
        "variety": growth["variety"],
        "other inputs": inputs - money - growth["variety"],
        "resale": growth["resale"],
        "trust and neighbors": growth[["trust", "neighbours"]].sum(axis=1),
        "constants": growth["unexplained"],
        "buyers": growth[[BUYERS, WAITING, USED]].sum(axis=1),
        "total": growth.sum(axis=1),
    })  # fmt: skip
