"""Posterior draws that come with Detour, and the few of them that an ensemble runs with."""

import json
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import norm

from experiments.calibration.priors import CARRIED, FITTED, shares
from experiments.calibration.spreading import spread_out
from experiments.errors import InputError
from experiments.inputs.parameter_list import Value
from market.scenario import Scenario
from market.version import RESULTS_VERSION

_FOLDER = Path(str(files("experiments"))) / "calibration"
SHIPPED, SHIPPED_NOTE = _FOLDER / "posterior.csv", _FOLDER / "posterior.json"
IN_ENSEMBLE = 24
"""Draws that stand for all of them in an ensemble."""
_EDGE = 1e-6


@cache
def posterior() -> pd.DataFrame:
    """All draws: a row each, parameters across."""
    return pd.read_csv(SHIPPED).drop(columns="draw")


@cache
def results_version() -> int:
    """The results version of the model that the draws are of."""
    return int(json.loads(SHIPPED_NOTE.read_text(encoding="utf-8"))["results_version"])


def by_seed(seed: int, streams: int, scenario: Scenario) -> dict[int, dict[str, Value]]:
    """Draws for that many random streams, by their seeds, which begin with ``seed``. Raises InputError as ``ensemble``.

    Also without streams, as nothing would take the draws, and for a ``scenario`` with data packs, whose tables the
    draws were not fitted to.
    """
    if scenario.data.packs:
        raise InputError("the posterior draws are of the shipped tables; leave --parameters or the data packs out")
    if not streams:
        raise InputError("parameters are drawn for random streams, and there are none; ask for streams too")
    return dict(zip(range(seed, seed + streams), ensemble(streams), strict=True))


def ensemble(count: int = IN_ENSEMBLE) -> list[dict[str, Value]]:
    """Parameters of ``count`` draws that lie far from each other, by ``group.key``.

    Raises InputError for more than there are, or if the draws are of another results version.
    """
    if results_version() != RESULTS_VERSION:
        raise InputError(
            f"the posterior draws are of results version {results_version()}, this model is of {RESULTS_VERSION}; "
            "make them again with detour calibrate"
        )
    rows = posterior()
    if not 1 <= count <= len(rows):
        raise InputError(f"{count} posterior draws are asked for; there are 1 to {len(rows)}")
    every = (*FITTED, *CARRIED)
    cube = shares(rows[[prior.parameter for prior in every]].to_numpy(), every)
    places = spread_out(norm.ppf(np.clip(cube, _EDGE, 1.0 - _EDGE)), count)
    return [{str(name): float(value) for name, value in rows.iloc[int(place)].items()} for place in places]
