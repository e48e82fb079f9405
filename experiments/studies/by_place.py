"""Tables of a study by region, plant, automaker, state or income: means with intervals, and paired differences."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from agents.arrays import Floats
from experiments.inputs.outcome_names import PlacedOutcome, is_placed, parsed
from experiments.studies.comparison import CONFIDENCE
from experiments.studies.stop_rule import half_width
from experiments.studies.study_files import RUNS_TABLE, StudyManifest, outcomes_of
from market.base.column import Series

NAME = "by_place"
"""Of the table."""
_OF_ROW = "unit of the row"
COLUMNS = {
    "outcome": Series("name", "Outcome: table, column and when"),
    "label": Series("text", "Outcome in words"),
    "unit": Series("text", "Unit of the numbers of the row"),
    "place": Series("name", "Region, automaker, plant, state or income"),
    "scenario": Series("name", "Scenario"),
    "runs": Series("run", "Runs that have a number"),
    "mean": Series(_OF_ROW, "Mean over runs"),
    "low": Series(_OF_ROW, f"Low end of the mean's interval of {CONFIDENCE:.0%}"),
    "high": Series(_OF_ROW, f"High end of the mean's interval of {CONFIDENCE:.0%}"),
    "tenth": Series(_OF_ROW, "A tenth of the runs lie below"),
    "ninetieth": Series(_OF_ROW, "A tenth of the runs lie above"),
    "difference": Series(_OF_ROW, "Mean difference to the first scenario, run by run"),
    "difference_low": Series(_OF_ROW, f"Low end of the difference's interval of {CONFIDENCE:.0%}"),
    "difference_high": Series(_OF_ROW, f"High end of the difference's interval of {CONFIDENCE:.0%}"),
}
"""What the columns of the table are."""
INSIDE = (0.1, 0.9)
"""Quantiles of runs that hold 80 % of them."""


def placed_in(manifest: StudyManifest) -> dict[str, PlacedOutcome]:
    """Outcomes by place of a study, by their column of the table of runs."""
    return {name: parsed(name) for name in outcomes_of(manifest, RUNS_TABLE) if is_placed(name)}


def by_place(manifest: StudyManifest, runs: pd.DataFrame) -> pd.DataFrame:
    """A row an outcome, place and scenario, in the order asked; empty if none was asked for.

    Columns: ``outcome`` (table, column and when), ``label``, ``unit``, ``place``, ``scenario``; ``runs`` that have a
    number, their ``mean`` with Student's interval of it, ``low`` to ``high``, and ``tenth`` to ``ninetieth``, which
    hold 80 % of them; ``difference`` to the first scenario with ``difference_low`` to ``difference_high``, run by run
    with the same factors and seed, empty for the first.
    """
    rows = []
    scenarios = list(dict.fromkeys(point.scenario for point in manifest.points))
    for name, placed in placed_in(manifest).items():
        series = placed.series
        label = series.label.replace(f", {placed.place},", ",") if placed.place else series.label
        wide = _wide(runs, name, len(manifest.points) // len(scenarios))
        first = wide[scenarios[0]].to_numpy(np.float64)
        for scenario in scenarios:
            own = wide[scenario].to_numpy(np.float64)
            apart = own - first if scenario != scenarios[0] else np.full(own.shape, np.nan)
            rows.append({
                "outcome": placed.group, "label": label, "unit": series.unit, "place": placed.place or "United States",
                "scenario": scenario, **_of_runs(own), **_of_differences(apart),
            })  # fmt: skip
    return pd.DataFrame(rows)


def _wide(runs: pd.DataFrame, name: str, points: int) -> pd.DataFrame:
    """The number by scenario (across), and by place in the design of one scenario and replication (down)."""
    table = runs.assign(place_in_scenario=runs["point"] % points)
    return table.pivot(index=["place_in_scenario", "replication"], columns="scenario", values=name)


def _of_runs(values: Floats) -> Mapping[str, float]:
    there = values[np.isfinite(values)]
    if not there.size:
        return {"runs": 0} | dict.fromkeys(("mean", "low", "high", "tenth", "ninetieth"), float("nan"))
    mean, half = float(there.mean()), float(half_width(there, CONFIDENCE)) if there.size > 1 else float("nan")
    tenth, ninetieth = (float(each) for each in np.quantile(there, INSIDE))
    return {
        "runs": there.size, "mean": mean, "low": mean - half, "high": mean + half, "tenth": tenth,
        "ninetieth": ninetieth,
    }  # fmt: skip


def _of_differences(values: Floats) -> Mapping[str, float]:
    found = _of_runs(values)
    return {
        "difference": found["mean"], "difference_low": found["low"], "difference_high": found["high"],
    }  # fmt: skip
