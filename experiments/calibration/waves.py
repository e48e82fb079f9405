"""Waves of evaluations: a spread-out design in the unit cube of the priors, carried out as a study that resumes."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.spatial.distance import pdist
from scipy.stats import qmc

from agents.arrays import Floats
from experiments.calibration.evaluation import STATISTICS, Evaluation
from experiments.calibration.priors import names, values
from experiments.inputs.design import Design, Points
from experiments.inputs.parameter_list import Value
from experiments.runs.whole_files import write_whole
from experiments.studies.engine import Engine
from experiments.studies.job import Model
from experiments.studies.market_runs import market_model
from experiments.studies.plan import make_plan
from experiments.studies.study import Told, carry_out
from experiments.studies.study_files import RUNS_TABLE, read_tables

_TRIES = 200  # hypercubes of which the most spread out is taken
SETTING: dict[str, Value] = {"run.mean_field": True, "run.fast_graph": True}
POINTS_FILE = "points.csv"


def maximin(points: int, dimensions: int, seed: int) -> Floats:
    """The Latin hypercube whose nearest two rows lie farthest apart, of ``_TRIES``; (points, dimensions)."""
    rng = np.random.default_rng(seed)
    tried = [np.asarray(qmc.LatinHypercube(dimensions, rng=rng).random(points)) for _ in range(_TRIES)]
    return max(tried, key=lambda each: float(pdist(each).min()) if points > 1 else 0.0)


def evaluation_model() -> Model:
    """The market read by its summary statistics, as a model that studies run."""
    market = market_model(saved_states=False)
    return replace(market, name="calibration", run=Evaluation(), numbers=STATISTICS, quarters={}, timed=None)


def carry_out_wave(folder: Path, cube: Floats, engine: Engine, tell: Told) -> pd.DataFrame:
    """Evaluate rows of the unit cube, (points, priors), as a study in ``folder``, which goes on if it was stopped.

    Returns ``read_wave``. Rows that stand in the folder already stay as they are. Raises InputError, RunFailedError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / POINTS_FILE).exists():
        table = pd.DataFrame(values(cube), columns=list(names()))
        write_whole(folder / POINTS_FILE, table.to_csv(index=False).encode())
    design = Design(
        question="Which parameters fit what was known at the end of 2022?",
        design=Points(kind="csv", file=POINTS_FILE),
        set=SETTING,
    )
    plan = make_plan(folder.name, design, evaluation_model(), folder)
    carry_out(plan, folder, engine, tell)
    return read_wave(folder)


def read_wave(folder: Path) -> pd.DataFrame:
    """A row for each evaluation that did not fail: parameters, then statistics. Raises StudyError."""
    runs = read_tables(folder)[1][RUNS_TABLE]
    return runs.loc[runs["status"] == "done", [*names(), *STATISTICS]].reset_index(drop=True)
