"""Tables that a calibration leaves: parameters before and after, targets and what meets them, ranks, draws."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from agents.arrays import Floats, Ints
from experiments.calibration.posterior import cube_of
from experiments.calibration.priors import CARRIED, FITTED, Prior, names, values
from experiments.calibration.ranks import LEVEL, uniformity
from experiments.calibration.targets import Target
from experiments.inputs.parameter_list import Value, every_parameter

IDENTIFIED_BELOW, IDENTIFIED_MOVED = 0.9, 0.5
"""A parameter is identified if the standard deviation of its normal score falls below the first, or its mean moves by
more than the second."""
_QUANTILES = (0.1, 0.5, 0.9)


def draws_table(scores: Floats, seed: int) -> pd.DataFrame:
    """Parameters by draw: those fitted, then those carried, drawn from their priors; first column ``draw``."""
    carried = np.random.default_rng(seed).random((len(scores), len(CARRIED)))
    columns = np.concatenate([values(cube_of(scores)), values(carried, CARRIED)], axis=1)
    table = pd.DataFrame(columns, columns=[*names(), *names(CARRIED)])
    table.insert(0, "draw", np.arange(len(scores)))
    return table


def parameters_table(scores: Floats, rank: Ints) -> pd.DataFrame:
    """A row a parameter: its default, prior and posterior by 10, 50 and 90 %, and whether it is identified.

    Of normal scores ``sd_ratio``: spread, posterior over prior, and ``moved_sd``: their mean; ``uniform_p``: of ranks;
    ``identified``: "yes", "no" or, of ranks that are not uniform, "not trusted". Parameters carried have none of the
    three numbers.
    """
    rows = [
        _row(prior, _told(column, float(chance)), column)
        for prior, column, chance in zip(FITTED, scores.T, uniformity(rank), strict=True)
    ]
    unknown = dict.fromkeys(("sd_ratio", "moved_sd", "uniform_p"), float("nan"))
    untouched: dict[str, float | str] = {**unknown, "identified": "no target"}
    return pd.DataFrame([*rows, *(_row(prior, untouched) for prior in CARRIED)])


def _row(prior: Prior, told: Mapping[str, float | str], scores: Floats | None = None) -> dict[str, Value]:
    shares = np.array(_QUANTILES)
    after = shares if scores is None else cube_of(np.asarray(np.quantile(scores, shares)))
    return {
        "parameter": prior.parameter, "default": every_parameter()[prior.parameter].default,
        **_quantiles("prior", prior.at(shares)), **_quantiles("posterior", prior.at(after)),
        **told, "source": prior.source,
    }  # fmt: skip


def _told(scores: Floats, uniform: float) -> dict[str, float | str]:
    """What is said of a parameter from its normal scores, (draws,), and the chance of its ranks."""
    spread, moved = float(scores.std()), float(scores.mean())
    found = "yes" if spread < IDENTIFIED_BELOW or abs(moved) > IDENTIFIED_MOVED else "no"
    trusted = uniform >= LEVEL / len(FITTED)
    said = found if trusted else "not trusted"
    return {"sd_ratio": spread, "moved_sd": moved, "uniform_p": uniform, "identified": said}


def _quantiles(name: str, found: Floats | Sequence[float]) -> dict[str, float]:
    return {f"{name}_p{round(100 * share)}": float(value) for share, value in zip(_QUANTILES, found, strict=True)}


def fit_table(before: pd.DataFrame, after: pd.DataFrame, wanted: Mapping[str, Target]) -> pd.DataFrame:
    """A row a target: statistics over the priors and over posterior draws, evaluated by the model, beside it.

    ``miss_sd``: median of the draws less the target, in standard deviations of the target.
    """
    rows = []
    for name, target in wanted.items():
        sd = float(np.sqrt(target.variance))
        rows.append({
            "statistic": name, "target": target.target, "sd": sd,
            **_quantiles("prior", before[name].quantile(list(_QUANTILES)).tolist()),
            **_quantiles("posterior", after[name].quantile(list(_QUANTILES)).tolist()),
            "miss_sd": float((after[name].median() - target.target) / sd), "to": target.to, "source": target.source,
        })  # fmt: skip
    return pd.DataFrame(rows)


def range_text(row: Mapping[Hashable, Any], when: str) -> str:
    """Median and, in brackets, 10 and 90 % of a row of these tables; ``when``: prior or posterior."""
    middle, low, high = (row[f"{when}_p{share}"] for share in (50, 10, 90))
    return f"{middle:.3g} ({low:.3g} to {high:.3g})"
