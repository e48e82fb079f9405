"""Charging operators beside observed values, for docs/evidence.md: pure functions from tables to Markdown."""

import numpy as np
import pandas as pd

from experiments.documents.evidence_runs import Frames
from experiments.documents.evidence_tables import markdown

_PERCENT = 100.0
_LAST_YEAR_END = "2024Q4"
_FIRST_OWN, _FIRST_LATER = "2017Q4", "2025Q4"


def port_errors(own: Frames, at: str = _LAST_YEAR_END) -> tuple[float, float]:
    """Mean absolute log error over states of the ports at a year's end, and the ratio of the national sums.

    A state without recorded or built ports is left out of the mean.
    """
    states = own["charging_states"]
    found = states[states["quarter"] == at]
    built, recorded = found["fast_ports"].to_numpy(np.float64), found["recorded_fast_ports"].to_numpy(np.float64)
    both = (built > 0.0) & (recorded > 0.0)
    error = float(np.abs(np.log(built[both] / recorded[both])).mean())
    return error, float(built.sum() / recorded.sum())


def ports_table(own: Frames) -> str:
    """Ports that operators build from 2017 on, observed ports at the end of each year, and errors by state."""
    totals = own["charging_states"].groupby("quarter")[["fast_ports", "recorded_fast_ports"]].sum()
    rows = []
    for label in (name for name in map(str, totals.index) if _FIRST_OWN <= name <= _LAST_YEAR_END):
        built, recorded = totals.loc[label].to_numpy(np.float64)
        error, ratio = port_errors(own, label)
        rows.append((label, f"{built:,.0f}", f"{recorded:,.0f}", f"{ratio:.2f}", f"{error:.2f}"))
    return markdown(("end of", "modeled ports", "observed ports", "ratio", "mean abs. log error over states"), rows)


def service_table(base: Frames) -> str:
    """Ports, utilization, waits, success and lost sessions in the last quarter of each year of a run."""
    national = base["national"]
    rows = [
        (str(at["quarter"]), f"{at['fast_ports']:,.0f}", f"{_PERCENT * at['plug_utilisation']:.1f}",
         f"{at['charging_wait_minutes']:.1f}", f"{at['charging_success']:.3f}",
         f"{_PERCENT * at['sessions_lost'] / (at['sessions_served'] + at['sessions_lost']):.2f}")
        for _, at in national[national["quarter"].str.endswith("Q4")].iterrows()
    ]  # fmt: skip
    headings = ("quarter", "fast ports", "utilization, %", "wait at peak hour, minutes", "actual success", "lost, %")
    return markdown(headings, rows)


def operators_table(base: Frames, at: tuple[str, ...] = (_FIRST_OWN, _LAST_YEAR_END, _FIRST_LATER)) -> str:
    """Plugs and actual success of each operator in some quarters of a run."""
    charging: pd.DataFrame = base["charging"].set_index(["quarter", "operator"])
    names = base["charging"]["operator"].drop_duplicates()
    rows = []
    for name in names:
        shown = [charging.loc[(label, name)] for label in at]
        cells = [f"{one['plugs']:,.0f}; {one['success']:.3f}" if one["plugs"] > 0.0 else "0" for one in shown]
        rows.append((str(name), *cells))
    return markdown(("operator: plugs; actual success", *at), rows)
