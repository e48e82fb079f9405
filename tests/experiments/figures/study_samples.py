"""Studies as figures get them, small and made by hand."""

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from experiments.figures.of_studies.bev_share_fan import bev_share_fan
from experiments.figures.of_studies.by_place import by_place_figure
from experiments.figures.of_studies.conversion_frontier import conversion_frontier
from experiments.figures.of_studies.grid_map import grid_map
from experiments.figures.of_studies.hindcast import hindcast_figure
from experiments.figures.of_studies.interval_convergence import interval_convergence
from experiments.figures.of_studies.morris_scatter import morris_scatter
from experiments.figures.of_studies.policy_wedge import policy_wedge
from experiments.figures.of_studies.sensitivity_bars import sobol_bars, tornado
from experiments.figures.of_studies.state_map import state_map
from experiments.figures.ports_by_state import ports_by_state
from experiments.studies.study_files import PointRecord, StudyManifest
from market.base import quarters

KEPT = Path(__file__).parents[3] / "results"
LABELS = [quarters.label(number) for number in range(76)]
FACTORS = ["makers.bev_price_factor", "operators.queues", "batteries.replacement_usd_per_kwh"]


def manifest_of_a_study(scenarios: int = 1, replications: int = 5) -> StudyManifest:
    points = [
        PointRecord(
            scenario=f"scenario-with-a-name-{number}", factors={"storage.price_premium": 0.0, "makers.factor": 1.0}
        )
        for number in range(scenarios)
    ]
    return StudyManifest(
        schema_version=1, name="study", command="detour compare", model="market", model_version="1",
        plan_sha256="0" * 64, design={"question": "Does it pay?"},
        factor_units={"storage.price_premium": "share", "makers.factor": "1"},
        points=points, runs=[(p, k, k + 1, "") for p in range(scenarios) for k in range(replications)],
        units={"runs": {"y": ("share of new sales", "BEV share of new sales, last quarter")}, "quarters": {}},
        tables={}, versions={"battery-detour": "0"}, git_commit=None,
    )  # fmt: skip


def fan_rows(runs: int = 5) -> pd.DataFrame:
    """A share that grows with the quarter, and with the run after 2024."""
    rows = [
        {"point": 0, "scenario": "reference", "replication": k, "quarter": label, "bev_share_new": 0.001 * q + 0.01 * k}
        for k in range(runs)
        for q, label in enumerate(LABELS)
    ]
    return pd.DataFrame(rows)


def study_figures() -> dict[str, Figure]:
    unit, label = "share of new sales", "BEV share of new sales, last quarter"
    one, many = manifest_of_a_study(), manifest_of_a_study(18)
    names = [point.scenario for point in many.points[1:]]
    wedge = pd.DataFrame(
        [{"scenario": name, "quarter": each, "difference": 0.01, "low": 0.0, "high": 0.02}
         for name in names for each in LABELS]
    )  # fmt: skip
    intervals = pd.DataFrame(
        [{"scenario": name, "replications": n, "paired": 0.1 / n, "unpaired": 0.3 / n}
         for name in names for n in (2, 3, 4)]
    )  # fmt: skip
    effects = pd.DataFrame({"factor": FACTORS, "mu_star": [3.0, 2.0, 1.0], "sigma": [1.0, 2.0, 0.1], "half_width": 0.1})
    ends = [(name, value, value - 0.5, value - 1.0, value) for name in FACTORS for value in (0.25, 0.75)]
    shares = {"first_order": 0.3, "total": 0.4, "first_half_width": 0.1, "total_half_width": 0.1}
    cells = pd.DataFrame(
        [{"storage.price_premium": a, "makers.factor": b, "y": a + b} for a in (0.0, 0.2, 0.4) for b in (0.9, 1.0)]
    )
    states = pd.DataFrame(
        [{"state": state, "quarter": each, "fast_ports": 10.0 + n, "recorded_fast_ports": 12.0 + 3 * n}
         for each in ("2018Q4", "2021Q4", "2024Q4") for n, state in enumerate(("CA", "TX", "NY", "FL", "HI", "AK"))]
    )  # fmt: skip
    frontier = pd.read_csv(KEPT / "conversion-frontier/frontier.csv")
    return {
        "bev_share_fan": bev_share_fan(fan_rows(), one, "2024Q4"),
        "policy_wedge": policy_wedge(wedge, many, unit, label),
        "interval_convergence": interval_convergence(intervals, many, unit, label),
        "morris": morris_scatter(effects, one, unit, label),
        "tornado": tornado(
            pd.DataFrame(ends, columns=["factor", "value", "difference", "low", "high"]), one, unit, label
        ),
        "sobol": sobol_bars(pd.DataFrame({"factor": FACTORS}).assign(**shares), one, unit, label),
        "grid": grid_map(cells, one, "y"),
        "conversion_frontier": conversion_frontier(frontier),
        "back_test": hindcast_figure(pd.read_csv(KEPT / "back-test/back_test.csv"), one),
        "ports_by_state": ports_by_state(states),
        "state_map": state_map(by_state(), many),
        "by_place": by_place_figure(by_state(), many),
    }


def by_state() -> pd.DataFrame:
    """A share by state in two scenarios."""
    rows = [
        {"outcome": "states.bev_share_new@2030Q4", "label": "BEV share, 2030Q4", "unit": "share of new sales",
         "place": state, "scenario": scenario, "runs": 5, "mean": 0.01 * n, "low": 0.0, "high": 0.02 * n,
         "tenth": 0.0, "ninetieth": 0.02 * n, "difference": apart * n}
        for scenario, apart in (("reference", np.nan), ("other", 0.001))
        for n, state in enumerate(("CA", "TX", "NY", "FL", "HI", "AK"))
    ]  # fmt: skip
    return pd.DataFrame(rows)
