"""Runs that are in memory seen as a study of them: what comparisons and their figures read."""

from collections.abc import Sequence

import pandas as pd

from experiments.errors import InputError
from experiments.inputs.design import Design
from experiments.runs.provenance import content_sha256, here
from experiments.runs.result_tables import KEPT
from experiments.studies.comparison import check_same_end
from experiments.studies.market_runs import NUMBERS, model_version, outcome_of
from experiments.studies.study_files import (
    INDEX_UNITS,
    QUARTERS_TABLE,
    RUNS_TABLE,
    SCHEMA_VERSION,
    PointRecord,
    StudyManifest,
)

_NAME = "comparison"
_COMMAND = "detour.compare"


def as_study(runs: Sequence[tuple[str, int, pd.DataFrame]]) -> tuple[StudyManifest, dict[str, pd.DataFrame]]:
    """Manifest and tables of runs given as (scenario, seed, national table), in their order.

    Raises InputError if two runs have one scenario and seed, or scenarios have other seeds or another last quarter.
    """
    names = list(dict.fromkeys(name for name, _, _ in runs))
    seeds = sorted({seed for _, seed, _ in runs})
    by_key = {(name, seed): national for name, seed, national in runs}
    if len(by_key) < len(runs):
        raise InputError("two runs have one name and seed; give one of them another name or another seed")
    lacking = next(((name, seed) for name in names for seed in seeds if (name, seed) not in by_key), None)
    if lacking is not None:
        raise InputError(f"{lacking[0]} was not run with seed {lacking[1]}; runs are compared seed by seed")
    check_same_end((name, str(national["quarter"].iloc[-1])) for name, _, national in runs)
    keys = [(point, number, name, seed) for point, name in enumerate(names) for number, seed in enumerate(seeds)]
    rows, blocks, recorded = [], [], []
    for point, number, name, seed in keys:
        outcome = outcome_of(by_key[name, seed])
        front = {"point": point, "scenario": name, "replication": number, "seed": seed}
        identity = content_sha256([name, seed, {key: list(column) for key, column in outcome.quarters.items()}])
        rows.append({**front, "status": "done", "error": "", "identity": identity, **outcome.numbers})
        blocks.append(pd.DataFrame({**front, **outcome.quarters}))
        recorded.append((point, number, seed, identity))
    tables = {RUNS_TABLE: pd.DataFrame(rows), QUARTERS_TABLE: pd.concat(blocks, ignore_index=True)}
    return _manifest(names, recorded), tables


def _manifest(names: Sequence[str], runs: list[tuple[int, int, int, str]]) -> StudyManifest:
    numbers, quarters = ({name: (s.unit, s.label) for name, s in kept.items()} for kept in (NUMBERS, KEPT))
    question = f"What do {', '.join(names[1:])} change against {names[0]}?"
    return StudyManifest(
        schema_version=SCHEMA_VERSION,
        name=_NAME,
        command=_COMMAND,
        model="market",
        model_version=model_version(),
        plan_sha256=content_sha256([run[3] for run in runs]),
        design=Design(question=question).model_dump(mode="json"),
        factor_units={},
        points=[PointRecord(scenario=name, factors={}) for name in names],
        runs=runs,
        units={RUNS_TABLE: {**INDEX_UNITS, **numbers}, QUARTERS_TABLE: {**INDEX_UNITS, **quarters}},
        tables={},
        versions=here().versions,
        git_commit=None,
    )
