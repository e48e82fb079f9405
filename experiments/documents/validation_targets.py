"""Validation targets: quantities measured in paired runs beside their published values, for docs/evidence.md."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from experiments.documents.evidence_runs import PRICE_STEP, STEP_UP, Frames
from experiments.documents.evidence_tables import markdown, of_year

YEARS = (2025, 2026)
_POINTS = 100.0
_USD = 1e3


@dataclass(frozen=True)
class Target:
    """A quantity measured in two years against what is published; bounds are None where nothing is."""

    quantity: str
    published: str
    source: str
    bounds: tuple[float, float] | None
    model: tuple[float, float]
    decimals: int = 2

    @property
    def verdict(self) -> str:
        """Where the first year lies against the published range, by size."""
        if self.bounds is None:
            return "no target"
        low, high = sorted(map(abs, self.bounds))
        size = abs(round(self.model[0], self.decimals))
        if size < low:
            return "below"
        return "above" if size > high else "inside"


def log_ratio(case: Frames, base: Frames, year: int) -> float:
    """Log ratio of BEV sales in a year to those of the base."""
    sold = [float(of_year(frames["national"], year)["bev_sales"].sum()) for frames in (case, base)]
    return float(np.log(sold[0] / sold[1]))


def price_ratio(case: Frames, base: Frames, year: int) -> float:
    """BEV prices in a year over those of the base, weighted by base sales."""
    rows = [of_year(frames["automakers"], year) for frames in (case, base)]
    then, now = (frame[frame["powertrain"] == "BEV"].set_index(["quarter", "product"]) for frame in (rows[1], rows[0]))
    weight = then["sales"]
    return float((weight * now["price_kusd"]).sum() / (weight * then["price_kusd"]).sum())


def targets(runs: Mapping[str, Frames]) -> list[Target]:
    """All measured quantities beside their published values."""
    base = runs["base"]

    def elasticity(case: str, factor: float = STEP_UP) -> tuple[float, float]:
        first, second = (log_ratio(runs[case], base, year) / np.log(factor) for year in YEARS)
        return first, second

    def fall(case: str) -> tuple[float, float]:
        first, second = ((np.exp(log_ratio(runs[case], base, year)) - 1.0) * _POINTS for year in YEARS)
        return first, second

    def fuel_ratio(gasoline: str, electricity: str, base: str) -> tuple[float, float]:
        up, down = ([log_ratio(runs[case], runs[base], year) for year in YEARS] for case in (gasoline, electricity))
        return -up[0] / down[0], -up[1] / down[1]

    price = tuple(
        log_ratio(runs["price"], base, year) / np.log(price_ratio(runs["price"], base, year)) for year in YEARS
    )
    early = log_ratio(runs["free, ports"], runs["free"], 2018) / np.log(STEP_UP)
    return [
        Target("price elasticity of BEVs as a class", "-2 to -4",
                  "Muehlegger and Rapson 2022 (-2.1); Wang, job-market paper (-2.9)", (-2.0, -4.0),
                  (price[0], price[1])),
        Target("BEV sales if all purchase credits end, %", "-27 (read as -20 to -30)", "Allcott et al. 2024",
                  (-20.0, -30.0), fall("no credits"), 1),
        Target("the same, federal credits only, %", "-27 (read as -20 to -30)", "Allcott et al. 2024",
                  (-20.0, -30.0), fall("no federal credits"), 1),
        Target("gasoline elasticity of BEV sales", "none available", "", None, elasticity("gasoline")),
        Target("electricity elasticity of BEV sales", "none available", "", None, elasticity("electricity")),
        Target("gasoline % over electricity %", "4 to 6", "Bushnell, Muehlegger and Rapson 2022", (4.0, 6.0),
                  fuel_ratio("gasoline", "electricity", "base"), 1),
        Target("the same if living on public charging (Q) cost nothing", "4 to 6", "as above", (4.0, 6.0),
                  fuel_ratio("no Q, gasoline", "no Q, electricity", "no Q"), 1),
        Target("BEV sales, range +10 %, %", "none available", "", None, fall("range"), 1),
        Target("value of a mile of range, $", "35 to 75, dollars of the study", "Hidrue et al. 2011", (35.0, 75.0),
                  value_of_a_mile(runs), 0),
        Target("elasticity of BEV sales to fast ports", "0.3 to 0.8",
                  "Ma et al. 2024 (0.35); Li, Tong, Xing and Zhou 2017 (about 0.8, recalled)", (0.3, 0.8),
                  elasticity("ports")),
        Target("the same in 2018, free run", "0.3 to 0.8", "as above", (0.3, 0.8), (early, np.nan)),
    ]  # fmt: skip


def value_of_a_mile(runs: Mapping[str, Frames]) -> tuple[float, float]:
    """-(d ln Q / d mile) / (d ln Q / d $) from the runs with longer ranges and higher prices, $ per mile."""
    base, values = runs["base"], []
    for year in YEARS:
        means = of_year(base["national"], year)[["bev_range_miles", "bev_price_kusd"]].mean()
        a_mile = log_ratio(runs["range"], base, year) / ((STEP_UP - 1.0) * means["bev_range_miles"])
        markup = price_ratio(runs["price"], base, year) - 1.0
        a_dollar = log_ratio(runs["price"], base, year) / (markup * means["bev_price_kusd"] * _USD)
        values.append(float(-a_mile / a_dollar))
    return values[0], values[1]


def target_table(runs: Mapping[str, Frames]) -> str:
    """The table of validation targets and, below it, how far automakers' prices had moved."""
    rows = [
        (y.quantity, y.published, y.source, *(_number(value, y.decimals) for value in y.model), y.verdict)
        for y in targets(runs)
    ]
    moved = " and ".join(f"{price_ratio(runs['price'], runs['base'], year):.3f}" for year in YEARS)
    note = (
        f"Elasticities are log ratios over log ratios. The lever on prices is {PRICE_STEP:g}; automakers adjust part "
        f"of\nthe way each quarter, so realized prices are {moved} times those of the base in\n"
        f"{YEARS[0]} and {YEARS[1]}. The other levers are {STEP_UP:g} from 2025Q1 on. "
        f"The verdict is on {YEARS[0]}, by size."
    )
    headings = ("quantity", "published", "source", *(f"model, {year}" for year in YEARS), "verdict")
    return f"{markdown(headings, rows)}\n\n{note}"


def _number(value: float, decimals: int) -> str:
    return "" if np.isnan(value) else f"{value:.{decimals}f}"
