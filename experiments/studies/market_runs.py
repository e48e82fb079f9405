"""The market as a model that studies run: its outcomes, its version, its run function."""

import gc
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial

import pandas as pd
from pydantic import ValidationError

from agents.population.row_work import use_threads
from experiments.inputs.data_packs import packs_in, with_packs
from experiments.inputs.dated_names import nested, overlaid
from experiments.inputs.outcome_names import Frames, PlacedOutcome, expanded
from experiments.inputs.parameter_list import PACKS, Value, counted, every_parameter
from experiments.inputs.scenario_files import ScenarioError, load_scenario
from experiments.runs.own_code import NO_OWN_CODE, OwnCode
from experiments.runs.provenance import here
from experiments.runs.result_tables import KEPT
from experiments.states.begin import begun
from experiments.studies.job import Content, Model, Outcome, Timing
from market.base.column import Series
from market.model import Market
from market.recorder import NATIONAL_ONLY, TABLES
from market.scenario import Scenario

_MILESTONE = "2030Q4"
_CONSUMERS = "run.consumers"
_TIMED_SECONDS = 2.0  # for which a run that is timed before a study is stepped
_MOST_TIMED = 100_000  # consumers of such a run, so that it is set up within seconds
_LAST = "last"
_ALL_QUARTERS = "all quarters"  # among the outcomes of a job that keeps them by quarter
OUTCOMES = ("bev_share_new_last", "converted_gwh_cumulative_last", "storage_installed_gw_last")
"""Outcomes shown of a study if none is asked for."""
NUMBERS = {
    f"{name}_{when}": Series(series.unit, f"{series.label}, {told}", series.meaning)
    for when, told in ((_LAST, "last quarter"), (_MILESTONE.lower(), _MILESTONE))
    for name, series in KEPT.items()
    if name != "quarter"
}


def model_version(own: OwnCode = NO_OWN_CODE) -> str:
    """Version of Detour and the start of the hash of all code and data that a run's numbers come from."""
    made_by = here(own.modules)
    return f"{made_by.versions['battery-detour']}+{made_by.code.short}"


@cache
def _loaded(scenario: str) -> Scenario:
    return load_scenario(scenario).scenario


def _scenario(content: Content) -> Scenario:
    try:
        return Scenario.model_validate(nested(content), strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        raise ScenarioError(str(first.get("ctx", {}).get("error", first["msg"]))) from error


def _with_more_packs(content: Content, values: Mapping[str, Value]) -> dict[str, Value]:
    """Content with some values changed; data packs among them join those of the scenario and count before them."""
    others = {name: value for name, value in values.items() if name != PACKS}
    changed = overlaid(content, others)
    return with_packs(changed, packs_in(str(values[PACKS]))) if values.get(PACKS) else changed


@dataclass(frozen=True)
class MarketRuns:
    """Runs of the market with code of a user's own; engines send it to workers, which load that code by name.

    ``saved_states``: whether runs begin from saved states. ``rare``: these are made for what is asked for a second
    time, as in studies, whose runs may each have a past of their own; otherwise at once. ``asked``: outcomes by place
    besides those of the country; ``all_quarters``: of these every quarter too.
    """

    own: OwnCode = NO_OWN_CODE
    saved_states: bool = True
    rare: bool = True
    asked: tuple[PlacedOutcome, ...] = ()
    all_quarters: bool = False

    @property
    def modules(self) -> tuple[str, ...]:
        """Names of a user's own modules that take part."""
        return self.own.modules

    def content(self, scenario: str, values: Mapping[str, Value]) -> dict[str, Value]:
        """Every parameter of a scenario (a name or a file) with some values changed, and what rules were given.

        Raises ScenarioError, and InputError for a plugin that may not be loaded.
        """
        content = _with_more_packs(counted(_loaded(scenario)), values)
        self.own.plugins(_scenario(content))
        return content | self.own.labels

    def _begun(self, content: Content, seed: int, record: tuple[str, ...], *, saved: bool) -> Market:
        use_threads(1)  # a study shares the cores out run by run; the numbers are the same for any threads
        named = {name: value for name, value in content.items() if name not in self.own.labels}
        return begun(_scenario(named), seed, self.own, record=record, saved=saved, rare=self.rare)[0]

    @property
    def _tables(self) -> tuple[str, ...]:
        """The tables a run keeps."""
        return tuple(dict.fromkeys([*NATIONAL_ONLY, *(each.table for each in self.asked)]))

    def __call__(self, content: Content, seed: int) -> Outcome:
        """Run the market; the national table by quarter, and its last quarter and 2030Q4 (NaN if not reached)."""
        gc.collect()  # the run before it in this worker: agents and their model hold each other
        run = self._begun(content, seed, self._tables, saved=self.saved_states)
        try:
            run.run()
            frames = {table: run.recorder.frame(table) for table in self._tables}
        finally:
            run.release()  # thousands of runs share a worker
        return self._with_places(outcome_of(frames["national"]), frames)

    def _with_places(self, outcome: Outcome, frames: Frames) -> Outcome:
        """The outcome with what was asked for by place."""
        numbers = {each.name: each.value(frames) for each in self.asked}
        if not self.all_quarters:
            return replace(outcome, numbers={**outcome.numbers, **numbers})
        series = {each.series_name: each.by_quarter(frames).tolist() for each in self.asked}
        return Outcome({**outcome.numbers, **numbers}, {**outcome.quarters, **series})

    def places(self, content: Content, tables: Sequence[str]) -> Frames:
        """Tables of the first quarter of a run, which have every place."""
        run = self._begun({**content, "run.mean_field": True}, 1, (*NATIONAL_ONLY, *tables), saved=False)
        try:
            run.step()
            return {table: run.recorder.frame(table) for table in tables}
        finally:
            run.release()

    def timed(self, content: Content) -> Timing:
        """Seconds a whole run takes, told from its beginning: set up, then stepped until it is known well enough.

        Of more consumers than a few seconds allow a smaller draw is timed, and the time taken in proportion.
        """
        consumers = int(content[_CONSUMERS])
        timed = min(consumers, _MOST_TIMED) if not content["run.mean_field"] else consumers
        start = time.perf_counter()
        run = self._begun({**content, _CONSUMERS: timed}, 1, self._tables, saved=False)
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


def outcome_of(national: pd.DataFrame) -> Outcome:
    """What a study keeps of a run, from its national table."""
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


def market_model(own: OwnCode = NO_OWN_CODE, *, saved_states: bool = True) -> Model:
    """The market of this installation, with a user's own code. Raises InputError if workers could not load that.

    ``saved_states``: whether runs begin from saved states.
    """
    own.check_sendable()
    runs = MarketRuns(own, saved_states)
    version = model_version(own)
    return Model(
        "market", version, every_parameter(), runs.content, runs, NUMBERS, KEPT, runs.timed,
        asking=partial(_asking, own, saved_states),
    )  # fmt: skip


def _asking(own: OwnCode, saved_states: bool, names: Sequence[str], all_quarters: bool, content: Content) -> Model:  # noqa: FBT001 - called through Model.asking
    """The market asked for outcomes by place. Raises OutcomeError."""
    plain = market_model(own, saved_states=saved_states)
    found = expanded(names, partial(MarketRuns(own).places, content), str(content["run.last_quarter"]))
    runs = MarketRuns(own, saved_states, asked=found, all_quarters=all_quarters)
    by_name = {each.name: each.series for each in found}
    series = {each.series_name: TABLES[each.table][each.column] for each in found} if all_quarters else {}
    return replace(
        plain, run=runs, timed=runs.timed, numbers={**NUMBERS, **by_name}, quarters={**KEPT, **series},
        outcomes=(*by_name, *([_ALL_QUARTERS] if all_quarters else [])),
    )  # fmt: skip
