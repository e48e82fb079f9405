"""Runs of the baseline, the numbers that are kept of their tables, and how those of two versions differ."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.inputs.scenario_files import load_scenario
from market.model import Market

FOLDER = Path(__file__).parent
VERSION = FOLDER / "results-version.txt"
"""The results version that the numbers are of."""
RUNS = {
    "reference": ("reference", ("run.fast_graph=true", "run.consumers=4000")),
    "full-graph": ("reference", ("run.consumers=2000",)),
    "mean-field": ("reference", ("run.fast_graph=true", "run.mean_field=true", "world.shocks=true")),
    "no-detour": ("no-detour", ("run.fast_graph=true", "run.consumers=2000")),
    "data-center-boom": ("data-center-boom", ("run.fast_graph=true", "run.consumers=2000")),
    "no-credits": ("no-credits", ("run.fast_graph=true", "run.consumers=2000")),
}
"""A scenario and what is set in it, by name of the run; all go to 2027Q4 with seed 1."""
YEARS = ("2018", "2021", "2024", "2027")
"""Years whose numbers are kept."""
TOLERANCE = 1e-6
"""Relative, of a column's largest number: another processor may round the last bits of a logarithm otherwise."""
_DIGITS = 9
_LAST = "2027Q4"
_WHEN = ("quarter", "year", "signed")  # the column that dates a table's rows
_ROWS = "(rows)"


def tables_of(name: str) -> dict[str, pd.DataFrame]:
    """The tables of a run of the baseline, made now."""
    scenario, settings = RUNS[name]
    market = Market(parameters=load_scenario(scenario, [*settings, f"run.last_quarter={_LAST}"]).scenario, rng=1)
    market.run()
    return {table: market.recorder.frame(table) for table in market.recorder.kept}


def numbers_of(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """A row a table and column, a column a year: how many rows there are, and means of the columns with numbers.

    A row weighs in a mean by its place in the year, so that rows that change places are seen.
    """
    found = [_of_table(name, table) for name, table in tables.items()]
    return pd.concat(found).rename_axis(index=["table", "column"])


def _of_table(name: str, table: pd.DataFrame) -> pd.DataFrame:
    when = next(column for column in _WHEN if column in table)
    years = table[when].astype("str").str[:4]
    kept = {year: table[years == year] for year in YEARS}
    numbers = [column for column in table.select_dtypes(["number", "bool"]) if column != when]
    found = {_ROWS: [float(len(rows)) for rows in kept.values()]}
    found |= {str(column): [_mean(rows[column]) for rows in kept.values()] for column in numbers}
    index = pd.MultiIndex.from_product([[name], found])
    return pd.DataFrame(list(found.values()), index=index, columns=list(YEARS))


def _mean(values: pd.Series) -> float:
    there = values.to_numpy(np.float64)
    weights = np.arange(1.0, there.size + 1.0)
    known = np.isfinite(there)
    return float(np.average(there[known], weights=weights[known])) if known.any() else float("nan")


def kept(name: str) -> pd.DataFrame:
    """The numbers that are kept of a run."""
    return pd.read_csv(_file(name), index_col=["table", "column"])


def keep(name: str, numbers: pd.DataFrame) -> None:
    """Keep the numbers of a run."""
    numbers.to_csv(_file(name), float_format=f"%.{_DIGITS}g")


def moved(before: pd.DataFrame, after: pd.DataFrame) -> list[str]:
    """What differs, a line a number, the largest change relative to its column first; columns that came or went."""
    told = [f"{'.'.join(each)} is new" for each in after.index.difference(before.index)]
    told += [f"{'.'.join(each)} is gone" for each in before.index.difference(after.index)]
    both = [each for each in after.index if each in before.index]
    old, new = (frame.loc[both].to_numpy(np.float64) for frame in (before, after))
    largest = np.nanmax(np.abs(np.hstack([old, new, np.zeros((len(both), 1))])), axis=1, keepdims=True)
    size = np.abs(new - old) / np.where(largest > 0.0, largest, 1.0)
    size = np.where(np.isnan(old) & np.isnan(new), 0.0, np.where(np.isnan(size), np.inf, size))
    places = sorted(np.argwhere(size > TOLERANCE).tolist(), key=lambda place: -size[place[0], place[1]])
    return told + [
        f"{'.'.join(both[row])} of {YEARS[year]}: {old[row, year]:.6g} to {new[row, year]:.6g}" for row, year in places
    ]


def _file(name: str) -> Path:
    return FOLDER / f"{name}.csv"
