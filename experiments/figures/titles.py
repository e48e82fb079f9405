"""Titles that say what is seen, computed from what a figure shows."""

from collections.abc import Callable

import pandas as pd

from experiments.findings.amounts import amount
from experiments.findings.finding import listed
from experiments.runs.spread import MEDIAN, WIDE, by_quarter, streams_of
from experiments.runs.store import Result
from market.buyers.decomposition import UNEXPLAINED
from market.recorder import NATIONAL

_USES = {"converted": "turned to storage", "vehicles": "for cars", "idle": "idle"}
_LEAST_LOG_ODDS = 0.005  # less is shown as no growth


def _ends(result: Result) -> tuple[str, str]:
    """End of observed data and last quarter of a run; the same twice for a run that does not go on."""
    last = str(result.frames["national"]["quarter"].iloc[-1])
    return min(result.manifest.origin, last), last


def _level(column: str) -> Callable[[float], str]:
    kind = amount(NATIONAL[column].unit)
    return lambda value: kind.level(value, kind.decimals(value))


def grown(result: Result, column: str, subject: str) -> str:
    """A column of ``national`` at the end of observed data and of the run, with 80 % of streams if there are some."""
    national, streams = result.frames["national"].set_index("quarter")[column], streams_of(result)
    origin, last = _ends(result)
    shown = _level(column)
    if streams is None:
        after = f"{shown(float(national[last]))} in {last}"
    else:
        found = by_quarter(streams, column).loc[[last]]
        low, high = (shown(float(found[bound].iloc[0])) for bound in WIDE)
        after = f"{shown(float(found[MEDIAN].iloc[0]))} in {last} (80% of streams: {low} to {high})"
    return (
        f"{subject}: {after}" if origin == last else f"{subject}: {shown(float(national[origin]))} in {origin}, {after}"
    )


def cell_lines(result: Result) -> str:
    """What US cell lines do in the last quarter."""
    plants, (_, last) = result.frames["plants"], _ends(result)
    capacity = plants[plants["quarter"] == last]
    uses = [f"{float(capacity[f'capacity_{use}_gwh'].sum()):,.0f} {said}" for use, said in _USES.items()]
    return f"US cell lines in {last}, GWh a year: {listed(uses)}"


def storage_places(result: Result) -> str:
    """How much storage stands, and in which region most of it does."""
    regions, (_, last) = result.frames["regions"], _ends(result)
    installed = regions[regions["quarter"] == last].set_index("region")["installed_gw"]
    most = str(installed.idxmax())
    total = grown(result, "storage_installed_gw", "Installed storage")
    return f"{total}; {float(installed[most] / installed.sum()):.0%} of it in {most}"


def movers(result: Result, growth: pd.DataFrame) -> str:
    """The group of causes that moved the BEV share most, up or down, before and after the end of observed data.

    ``growth``: log-odds, shape (years, groups).
    """
    until = int(result.manifest.origin[:4])
    sizes = growth.abs()
    parts = ((sizes[sizes.index <= until].sum(), f"to {until}"), (sizes[sizes.index > until].sum(), "after it"))
    told = [f"{_mover(str(group.idxmax()))} {when}" for group, when in parts if group.max() > _LEAST_LOG_ODDS]
    return f"What moved the BEV share most: {'; '.join(told)}" if told else "Nothing moved the BEV share"


def _mover(group: str) -> str:
    return "fitted constants (unexplained)" if group == UNEXPLAINED else group


def wedges(wedge: pd.DataFrame, unit: str, label: str) -> str:
    """Which scenario raises an outcome most and which lowers it most in the last quarter, of those clear of zero."""
    last = wedge[wedge["quarter"] == wedge["quarter"].max()]
    clear = last[(last["low"] > 0.0) | (last["high"] < 0.0)]
    kind, said = amount(unit), []
    for verb, rows in (("raises", clear[clear["difference"] > 0.0]), ("lowers", clear[clear["difference"] < 0.0])):
        if not rows.empty:
            most = rows.loc[rows["difference"].abs().idxmax()]
            size = kind.difference(float(most["difference"]), kind.decimals(float(most["difference"])), sign=True)
            said.append(f"{most['scenario']} {verb} it most ({size})")
    when = str(wedge["quarter"].max())
    return f"{label}, {when}: {listed(said) if said else 'no scenario clearly changes it'}"
