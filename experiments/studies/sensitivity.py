"""What an outcome depends on: one factor at a time, Morris' elementary effects, Sobol's shares of variance."""

import numpy as np
import pandas as pd
from SALib.analyze import morris as morris_analysis
from SALib.analyze import sobol as sobol_analysis

from agents.arrays import Floats
from experiments.errors import InputError
from experiments.studies.plan import Plan
from experiments.studies.sampling import MORRIS_LEVELS, unit_problem, unit_sample
from experiments.studies.stop_rule import half_width

KINDS = ("one-at-a-time", "morris", "sobol")
CONFIDENCE = 0.9
_RESAMPLES = 1_000
_SWITCH = (
    2  # values of a switch: a step of Morris turns it wholly, so that its effect is that of the step, not of a range
)
_MORRIS_STEP = MORRIS_LEVELS / (2 * (MORRIS_LEVELS - 1))
_SEED = 1  # of the bootstrap; not 0, which SALib takes for none


def sensitivity(plan: Plan, runs: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """The factors of a study, the weightiest first. Raises InputError if the study is of another kind or not whole.

    Morris: ``mu_star`` (mean absolute effect over the whole range), ``mu``, ``sigma``, ``half_width`` of mu_star.
    Sobol: ``first_order`` and ``total`` with ``first_half_width`` and ``total_half_width`` (bootstrap). One at a time:
    ``value``, ``difference`` to the scenario itself with ``low`` and ``high`` (paired over replications).
    """
    if plan.design.design.kind not in KINDS or len(plan.design.scenarios) > 1:
        raise InputError(f"{plan.name}: sensitivity needs one scenario and a design of kind {', '.join(KINDS)}")
    values = _values(plan, runs, outcome)
    if plan.design.design.kind == "one-at-a-time":
        return _one_at_a_time(plan, values)
    means = values.mean(axis=1)
    if np.ptp(means) == 0.0:
        raise InputError(f"{plan.name}: {outcome} is the same at every point; choose another outcome or wider factors")
    return _morris(plan, means) if plan.design.design.kind == "morris" else _sobol(plan, means)


def _values(plan: Plan, runs: pd.DataFrame, outcome: str) -> Floats:
    """The outcome, shape (points, replications)."""
    if outcome not in plan.model.numbers:
        raise InputError(f"{outcome} is no outcome of a run; there are {', '.join(plan.model.numbers)}")
    values = np.asarray(runs.set_index(["point", "replication"])[outcome].unstack("replication"), dtype=np.float64)
    missing = int((~np.isfinite(values)).sum())
    if missing:
        raise InputError(f"{plan.name}: {missing} runs have no {outcome}; --retry-failed makes failed runs again")
    return values


def _morris(plan: Plan, means: Floats) -> pd.DataFrame:
    design, problem = plan.design, unit_problem(plan.factors)
    sample = unit_sample("morris", plan.factors, design.design.points or 0, design.seed)
    found = morris_analysis.analyze(
        problem, sample, means, num_levels=MORRIS_LEVELS, num_resamples=_RESAMPLES, conf_level=CONFIDENCE, seed=_SEED
    )
    step = np.where([len(factor.levels) == _SWITCH for factor in plan.factors], _MORRIS_STEP, 1.0)
    effects = {"mu_star": "mu_star", "half_width": "mu_star_conf", "mu": "mu", "sigma": "sigma"}
    columns = {name: step * np.asarray(found[key], dtype=np.float64) for name, key in effects.items()}
    table = pd.DataFrame({"factor": problem["names"], **columns})
    return table.sort_values("mu_star", ascending=False, ignore_index=True)


def _sobol(plan: Plan, means: Floats) -> pd.DataFrame:
    problem = unit_problem(plan.factors)
    found = sobol_analysis.analyze(
        problem, means, calc_second_order=False, num_resamples=_RESAMPLES, conf_level=CONFIDENCE, seed=_SEED
    )
    table = pd.DataFrame({
        "factor": problem["names"],
        "first_order": found["S1"],
        "first_half_width": found["S1_conf"],
        "total": found["ST"],
        "total_half_width": found["ST_conf"],
    })  # fmt: skip
    return table.sort_values("total", ascending=False, ignore_index=True)


def _one_at_a_time(plan: Plan, values: Floats) -> pd.DataFrame:
    apart = values[1:] - values[0]
    mean, half = apart.mean(axis=1), half_width(apart, CONFIDENCE)
    changed = [(factor.name, value) for factor in plan.factors for value in factor.ends]
    table = pd.DataFrame({
        "factor": [name for name, _ in changed],
        "value": [value for _, value in changed],
        "difference": mean,
        "low": mean - half,
        "high": mean + half,
    })  # fmt: skip
    widest = table.groupby("factor")["difference"].transform(lambda each: each.abs().max())
    order = table.assign(widest=widest).sort_values(["widest", "factor"], ascending=False, kind="stable")
    return order.drop(columns="widest").reset_index(drop=True)
