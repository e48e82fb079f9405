"""What an outcome depends on: one factor at a time, Morris elementary effects, Sobol indices."""

import numpy as np
import pandas as pd
from scipy.special import ndtri

from agents.arrays import Floats
from experiments.errors import InputError
from experiments.studies.plan import Plan
from experiments.studies.sampling import unit_problem, unit_sample, weighed
from experiments.studies.stop_rule import half_width

KINDS = ("one-at-a-time", "morris", "sobol")
CONFIDENCE = 0.9
_RESAMPLES = 1_000
_SAME = 1e-9  # relative spread over the points up to which an outcome is rounding, far above that of sums
_SMALLEST_SCALE = 1e-3  # in an outcome's unit: what is smaller than this at every point is measured against this
_SEED = 1  # of the bootstrap; not 0, which SALib takes for none


def sensitivity(plan: Plan, runs: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """The factors or groups of a study, the strongest first.

    Raises InputError if the study is of another kind or not whole, or if the outcome is the same at every point.

    Morris: ``mu_star`` (mean absolute effect over the whole range), ``mu``, ``sigma``, ``half_width`` of mu_star, and
    how many ``steps`` they rest on; a group has no ``mu`` and the ``sigma`` of its absolute effects.
    Sobol: ``first_order`` and ``total`` with ``first_half_width`` and ``total_half_width`` (bootstrap). One at a time:
    ``value``, ``difference`` to the scenario itself with ``low`` and ``high`` (paired over replications).
    """
    if plan.design.design.kind not in KINDS or len(plan.design.scenarios) > 1:
        raise InputError(f"{plan.name}: sensitivity needs one scenario and a design of kind {', '.join(KINDS)}")
    values = _values(plan, runs, outcome)
    if plan.design.design.kind == "one-at-a-time":
        return _one_at_a_time(plan, values)
    means = values.mean(axis=1)
    if np.ptp(means) <= _SAME * max(float(np.abs(means).max()), _SMALLEST_SCALE):
        raise InputError(f"{plan.name}: {outcome} is the same at every point; choose another outcome or wider factors")
    return _morris(plan, means) if plan.design.design.kind == "morris" else _sobol(plan, means)


def _values(plan: Plan, runs: pd.DataFrame, outcome: str) -> Floats:
    """The outcome, shape (points, replications)."""
    if outcome not in plan.model.numbers:
        raise InputError(f"{outcome} is no outcome of a run; there are {', '.join(plan.model.numbers)}")
    values = np.asarray(runs.set_index(["point", "replication"])[outcome].unstack("replication"), dtype=np.float64)
    missing = int((~np.isfinite(values)).sum())
    if missing:
        raise InputError(f"{plan.name}: {missing} runs have no {outcome}; --retry-failed reruns failed runs")
    return values


def _morris(plan: Plan, means: Floats) -> pd.DataFrame:
    rows = []
    for name, effects in elementary_effects(plan, means).items():
        if not effects.size:
            raise InputError(f"{plan.name}: {name} never changed its value; give it a wider range or more points")
        alone = sum((factor.group or factor.name) == name for factor in plan.factors) == 1
        sizes = np.abs(effects)
        rows.append({
            "factor": name,
            "mu_star": sizes.mean(),
            "half_width": _half_width_of_mean(sizes),
            "mu": effects.mean() if alone else np.nan,  # a group has no direction
            "sigma": np.std(effects if alone else sizes, ddof=1) if effects.size > 1 else np.nan,
            "steps": effects.size,
        })  # fmt: skip
    return pd.DataFrame(rows).sort_values("mu_star", ascending=False, ignore_index=True, kind="stable")


def elementary_effects(plan: Plan, means: Floats) -> dict[str, Floats]:
    """Effects of each factor or group over its whole range, one a step of Morris' trajectories that it made.

    A step is measured on the factor's own scale between the values that were run, that of a group as the mean of its
    factors' steps; a step of zero, between two equal values, has no effect to tell of and is left out.
    """
    design, factors, names = plan.design, plan.factors, weighed(plan.factors)
    unit = unit_sample("morris", factors, design.design.points or 0, design.seed)
    scale = np.array([[f.scaled(point.factors[f.name]) for f in factors] for point in plan.points])
    member = np.array([[(factor.group or factor.name) == name for name in names] for factor in factors], dtype=float)
    along = (-1, len(names) + 1)
    moved = (np.diff(unit.reshape(*along, len(factors)), axis=1) != 0.0) @ member > 0.0
    made = np.diff(scale.reshape(*along, len(factors)), axis=1)
    sizes = np.abs(made) @ (member / member.sum(axis=0))
    upward = np.where(member.sum(axis=0) == 1.0, np.sign(made @ member), 1.0)
    change = np.diff(means.reshape(along), axis=1)
    return {
        name: (upward[..., k][used] * change[used] / sizes[..., k][used])
        for k, name in enumerate(names)
        for used in [moved[..., k] & (sizes[..., k] > 0.0)]
    }


def _half_width_of_mean(sizes: Floats) -> float:
    """Half of the interval of a mean by bootstrap, as SALib computes it: normal, from the resamples' deviation."""
    rng = np.random.default_rng(_SEED)
    resampled = sizes[rng.integers(0, sizes.size, (_RESAMPLES, sizes.size))].mean(axis=1)
    return float(ndtri(0.5 + CONFIDENCE / 2) * resampled.std(ddof=1))


def _sobol(plan: Plan, means: Floats) -> pd.DataFrame:
    from SALib.analyze import sobol  # noqa: PLC0415 - takes seconds to load, and other designs need none of it

    found = sobol.analyze(
        unit_problem(plan.factors), means, calc_second_order=False, num_resamples=_RESAMPLES, conf_level=CONFIDENCE,
        seed=_SEED,
    )  # fmt: skip
    table = pd.DataFrame({
        "factor": weighed(plan.factors),
        "first_order": found["S1"],
        "first_half_width": found["S1_conf"],
        "total": found["ST"],
        "total_half_width": found["ST_conf"],
    })  # fmt: skip
    return table.sort_values("total", ascending=False, ignore_index=True, kind="stable")


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
