"""The market as a model that studies run: its outcomes, its version, its run function."""

import gc
import time
from collections.abc import Mapping
from functools import cache
from typing import Any

import numba
from pydantic import ValidationError

from agents.population.row_work import use_threads
from experiments.inputs.parameter_list import Value, counted, every_parameter
from experiments.inputs.scenario_files import ScenarioError, load_scenario
from experiments.runs.provenance import here
from experiments.studies.job import Content, Model, Outcome, Timing
from market.base.column import Series
from market.model import Market
from market.recorder import NATIONAL
from market.scenario import Scenario

_MILESTONE = "2030Q4"
_CONSUMERS = "run.consumers"
_TIMED_SECONDS = 2.0  # for which a run that is timed before a study is stepped
_MOST_TIMED = 100_000  # consumers of such a run, so that it is set up within seconds
_LAST = "last"
_NOT_KEPT = ("bev_share_recorded", "phev_share_recorded", "hev_share_recorded", "new_sales_recorded")
KEPT = {name: series for name, series in NATIONAL.items() if name not in _NOT_KEPT}
"""Columns of the national table that a study keeps, the quarter first."""
NUMBERS = {
    f"{name}_{when}": Series(series.unit, f"{series.label}, {told}")
    for when, told in ((_LAST, "last quarter"), (_MILESTONE.lower(), _MILESTONE))
    for name, series in KEPT.items()
    if name != "quarter"
}


def model_version() -> str:
    """Version of Detour and the start of the hash of all code and data that a run's numbers come from."""
    made_by = here()
    return f"{made_by.versions['battery-detour']}+{made_by.code.short}"


def content_of(scenario: str, values: Mapping[str, Value]) -> dict[str, Value]:
    """Every parameter of a scenario (a name or a file) with some values changed. Raises ScenarioError."""
    chosen = _loaded(scenario)
    content = counted(chosen) | dict(values)
    _scenario(content)
    return content


@cache
def _loaded(scenario: str) -> Scenario:
    return load_scenario(scenario).scenario


def _scenario(content: Content) -> Scenario:
    nested: dict[str, Any] = {}
    for name, value in content.items():
        group, key = name.split(".")
        nested.setdefault(group, {})[key] = value
    try:
        return Scenario.model_validate(nested, strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        raise ScenarioError(str(first.get("ctx", {}).get("error", first["msg"]))) from error


def run_market(content: Content, seed: int) -> Outcome:
    """Run the market; the national table by quarter, and its last quarter and 2030Q4 (NaN if not reached)."""
    gc.collect()  # the run before it in this worker: agents and their model hold each other
    use_threads(1)
    numba.set_num_threads(1)  # a study shares the cores out run by run; the numbers are the same for any threads
    run = Market(parameters=_scenario(content), rng=seed)
    try:
        run.run()
        national = run.recorder.frame("national")
    finally:
        run.release()  # thousands of runs share a worker
    columns: dict[str, list[float | str]] = {
        name: national[name].tolist() if name == "quarter" else [float(value) for value in national[name]]
        for name in KEPT
    }
    labels = columns["quarter"]
    places = {_LAST: len(labels) - 1, _MILESTONE.lower(): labels.index(_MILESTONE) if _MILESTONE in labels else None}
    numbers = {
        f"{name}_{when}": float("nan") if place is None else float(values[place])
        for when, place in places.items()
        for name, values in columns.items()
        if name != "quarter"
    }
    return Outcome(numbers, columns)


def timed_market(content: Content) -> Timing:
    """Seconds a whole run takes, told from its beginning: set up, then stepped until it is known well enough.

    Of more consumers than a few seconds allow a smaller draw is timed, and the time taken in proportion.
    """
    use_threads(1)
    numba.set_num_threads(1)
    consumers = int(content[_CONSUMERS])
    timed = min(consumers, _MOST_TIMED) if not content["run.mean_field"] else consumers
    scenario = _scenario({**content, _CONSUMERS: timed})
    start = time.perf_counter()
    run = Market(parameters=scenario, rng=1)
    try:
        run.step()  # loads what is compiled, as setting up does: once a run, so counted once
        begun, quarters, first = time.perf_counter(), run.last_quarter + 1, run.quarter + 1
        while run.running and time.perf_counter() - begun < _TIMED_SECONDS:
            run.step()
        stepped = run.quarter + 1 - first
        a_quarter = (time.perf_counter() - begun) / stepped if stepped else begun - start
    finally:
        run.release()
    wall_s = (begun - start + a_quarter * (quarters - first)) * consumers / timed
    drawn = f" of {timed:,} consumers" if timed < consumers else ""
    return Timing(wall_s, quarters, f"the first {first + stepped} of {quarters} quarters of a run{drawn}")


def market_model() -> Model:
    """The market of this installation."""
    return Model("market", model_version(), every_parameter(), content_of, run_market, NUMBERS, KEPT, timed_market)
