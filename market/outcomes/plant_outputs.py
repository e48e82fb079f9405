"""Result columns of jobs and capital by cell plant, and the rows that fill them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from agents.arrays import Floats, group_sum
from agents.cells.plant import Lines
from market.base import quarters, tables
from market.base.column import Row, Series
from market.conversion.line_change import LineChange

_PER_LINE = "Jobs announced for the plant at full size, by the capacity of its lines; a scale, not a count."
_AT_COST = "Capacity at the cost of a new plant (`cells.new_plant_musd`), whatever was paid."

JOBS: dict[str, Series] = {
    "quarter": Series("quarter", "Quarter"),
    "plant": Series("name", "Plant (a calibrated archetype, not a forecast of the company)", "Key, with quarter."),
    "state": Series("postal code", "State or province of the plant", "ON is Ontario in Canada."),
    "jobs_running": Series("job", "Jobs at lines that run", _PER_LINE),
    "jobs_stopped": Series("job", "Jobs of lines that are idle or offline for conversion", _PER_LINE),
    "jobs_to_come": Series("job", "Jobs of lines under construction", _PER_LINE),
    "capital_running_musd": Series("million 2025 $", "Capital in lines that run", _AT_COST),
    "capital_stopped_musd": Series("million 2025 $", "Capital in lines that are idle or offline", _AT_COST),
    "capital_decided_musd": Series(
        "million 2025 $/quarter",
        "Capital that decisions of the quarter cost",
        "Of new, converted, restarted and bought lines, in full when decided; lines planned before the end of observed "
        "data are not in it.",
    ),
}


def decided_musd(changes: Sequence[LineChange], lines: Lines, plants: int) -> Floats:
    """Cost of the quarter's decisions about lines by plant, M$, (plants,)."""
    line = np.array([change.line for change in changes], dtype=np.int64)
    return group_sum(np.array([change.cost_musd for change in changes]), lines.plant[line], plants)


@dataclass(frozen=True)
class PlantJobs:
    """A cell plant, the state it is in, and jobs for each GWh/year of its capacity."""

    plant: str
    state: str
    jobs_per_gwh: float


def read_plant_jobs(names: Sequence[str]) -> tuple[PlantJobs, ...]:
    """The plants of these names; one for which no jobs were announced has the mean of the others."""
    rows = tables.load("plants").set_index("plant").loc[list(names)]
    announced = tables.load("plant_jobs").set_index("plant")["jobs"].reindex(rows.index)
    each = announced / rows["gwh_per_year"]
    mean = announced.sum() / rows.loc[announced.notna(), "gwh_per_year"].sum()
    return tuple(PlantJobs(*plant) for plant in zip(names, rows["state"], each.fillna(mean), strict=True))


def job_rows(
    plants: Sequence[PlantJobs], capacity: Mapping[str, Floats], decided: Floats, new_plant_musd: float, quarter: int
) -> Iterator[Row]:
    """The quarter's rows of the table ``jobs``.

    ``capacity``: GWh/year by status of lines, (plants,) each; ``decided``: M$, (plants,); ``new_plant_musd``: cost of a
    new plant, M$ per GWh/year.
    """
    running, stopped = capacity["vehicles"] + capacity["storage"], capacity["idle"] + capacity["converting"]
    for place, plant in enumerate(plants):
        each = plant.jobs_per_gwh
        yield {
            "quarter": quarters.label(quarter), "plant": plant.plant, "state": plant.state,
            "jobs_running": each * running[place], "jobs_stopped": each * stopped[place],
            "jobs_to_come": each * capacity["building"][place],
            "capital_running_musd": new_plant_musd * running[place],
            "capital_stopped_musd": new_plant_musd * stopped[place], "capital_decided_musd": decided[place],
        }  # fmt: skip
