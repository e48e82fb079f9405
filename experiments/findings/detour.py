"""The question of the project: what the detour does, and what moves it. Outcomes, worlds, and effects between them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from experiments.findings.finding import findings_of
from experiments.inputs.scenario_files import REFERENCE
from market.recorder import NATIONAL

YEARS = (2030, 2035)
"""Years whose outcomes are told."""
ADOPTION, PRICES, FACTORIES, STORAGE, MEANS = "EV adoption", "Prices", "Factories", "Storage", "mechanism"
QUESTIONS = (ADOPTION, PRICES, FACTORIES, STORAGE)
"""What is asked, in the order of the answers; ``MEANS`` are outcomes that say how."""
PACK_COST = "pack_cost_usd_per_kwh"
PARTS = ("pack_own_cells_usd_per_kwh", "pack_credit_usd_per_kwh", "pack_duty_usd_per_kwh",
         "pack_shadow_price_usd_per_kwh")  # fmt: skip
"""Parts of what packs cost above the world's price, which alone the cells of US plants move."""


_LABELS = {
    PACK_COST: "Cost of a battery pack to automakers",
    "storage_price_usd_per_kwh": "Price of US storage cells",
    "plant_utilisation": "Utilization of cell lines that run",
}
"""Names of outcomes where those of the columns do not say it in short."""


STORAGE_CELLS = ("capacity_storage_gwh", "storage_import_price_usd_per_kwh")


@dataclass(frozen=True)
class Asked:
    """An outcome of a year: a column of ``national``, and how its four quarters become one number.

    ``how``: the value of the last one, the mean, or a name of the column that weighs them.
    """

    question: str
    column: str
    how: str

    @property
    def label(self) -> str:
        """Name of the outcome."""
        return _LABELS.get(self.column) or NATIONAL[self.column].label

    @property
    def unit(self) -> str:
        """Its unit."""
        return NATIONAL[PARTS[0] if self.column == PACK_COST else self.column].unit

    def of(self, year: pd.DataFrame) -> float:
        """The outcome of a year with its four quarters."""
        values = year[self.column].to_numpy(np.float64)
        if self.how == "end":
            return float(values[-1])
        return float(np.average(values, weights=None if self.how == "mean" else year[self.how].to_numpy(np.float64)))


OUTCOMES = (
    Asked(ADOPTION, "bev_share_new", "new_sales"),
    Asked(ADOPTION, "bev_stock", "end"),
    Asked(PRICES, "bev_price_kusd", "bev_sales"),
    Asked(PRICES, PACK_COST, "mean"),
    Asked(FACTORIES, "converted_gwh_cumulative", "end"),
    Asked(FACTORIES, "capacity_idle_gwh", "mean"),
    Asked(FACTORIES, "capacity_vehicles_gwh", "mean"),
    Asked(FACTORIES, "plant_utilisation", "mean"),
    Asked(STORAGE, "storage_price_usd_per_kwh", "mean"),
    Asked(STORAGE, "storage_installed_gw", "end"),
    *(Asked(MEANS, column, "mean") for column in ("us_cell_share", *PARTS, *STORAGE_CELLS)),
)
HEADLINES = ("bev_share_new", "bev_price_kusd", "capacity_idle_gwh", "plant_utilisation",
             "storage_price_usd_per_kwh", "storage_installed_gw")  # fmt: skip
"""Outcomes of an answer in short."""


@dataclass(frozen=True)
class Contrast:
    """A world held against another, and in words what is done by it."""

    key: str
    world: str
    against: str
    meaning: str


DETOUR = "detour"
CONTRASTS = (
    Contrast(DETOUR, REFERENCE, "no-detour", "Plants built for car cells may turn to storage cells"),
    Contrast(
        "storage-glut", "storage-glut", REFERENCE, "Storage demand halves and imported cells keep getting cheaper"
    ),
    Contrast("data-center-boom", "data-center-boom", REFERENCE, "Three times as many data centers are built"),
)
"""The first is the answer: the reference less the same world in which no line built for cars may convert."""


def by_year(quarters: pd.DataFrame, years: Sequence[int] = YEARS) -> pd.DataFrame:
    """A row a run: scenario, replication and every outcome of the years, named COLUMN@YEAR, that the runs reach.

    ``quarters``: as studies keep them.
    """
    table = quarters.assign(year=quarters["quarter"].str[:4].astype(int))
    table[PACK_COST] = table["pack_price_usd_per_kwh"] + table[list(PARTS)].sum(axis=1)
    rows = []
    for (scenario, replication), run in table.groupby(["scenario", "replication"], sort=False):
        own = {year: run[run["year"] == year] for year in years}
        found = {named(one, year): one.of(rows) for year, rows in own.items() if len(rows) for one in OUTCOMES}
        rows.append({"scenario": scenario, "replication": replication, **found})
    return pd.DataFrame(rows)


def named(one: Asked, year: int) -> str:
    """Name of an outcome of a year."""
    return f"{one.column}@{year}"


def effects(runs: pd.DataFrame) -> pd.DataFrame:
    """A row a contrast, outcome and year: columns ``contrast``, ``question`` and the fields of ``Finding``.

    ``runs``: as ``by_year`` gives them.
    """
    asked = {named(one, year): (one, year) for one in OUTCOMES for year in YEARS if named(one, year) in runs}
    known = {name: (one.unit, one.label, str(year)) for name, (one, year) in asked.items()}
    rows = []
    for contrast in CONTRASTS:
        for found in findings_of(runs, [(contrast.world, contrast.against)], list(asked), known):
            one, _ = asked[found.outcome]
            rows.append({"contrast": contrast.key, "question": one.question, **asdict(found), "outcome": one.column})
    return pd.DataFrame(rows)


def levels(runs: pd.DataFrame) -> dict[str, list[float]]:
    """First, fifth and ninth decile of each outcome over the streams of the reference, by COLUMN@YEAR."""
    own = runs[runs["scenario"] == REFERENCE].drop(columns=["scenario", "replication"])
    return {str(name): [float(each) for each in column.quantile([0.1, 0.5, 0.9])] for name, column in own.items()}
