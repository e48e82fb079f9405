"""Variances of the filter by maximum likelihood on a history of constants."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from scipy.optimize import minimize

from agents.arrays import Floats
from market.base.categories import BEV
from market.buyers.constant_filter import LEVEL_SD, ConstantHistory, filter_constants, filtered_zones
from market.buyers.hedonic import Hedonic
from market.buyers.parameters import ConstantLaw

FITTED = (LEVEL_SD[BEV], "drift_sd_kusd", "level_noise_sd_kusd", "row_spread_kusd", "row_noise_sd_kusd")
"""Standard deviations of the level and rows of BEVs, fitted together."""
FITTED_LEVELS = tuple(name for name in LEVEL_SD if name not in FITTED)
"""Standard deviations of the levels of other powertrains, each fitted by itself once rows are."""
FITTED_ZONES = ("zone_sd_kusd", "zone_noise_sd_kusd")
LOOK_SD = "look_sd"
_LEAST_KUSD = 0.05  # below it a deviation moves a share by less than half a per cent of itself


def fitted_law(history: ConstantHistory, hedonic: Hedonic, start: ConstantLaw, alpha_product: float) -> ConstantLaw:
    """The law with its standard deviations fitted to a history.

    What is not fitted, and where to start, is ``start``'s.
    """

    def rows(law: ConstantLaw) -> float:
        return filter_constants(history, hedonic, law, alpha_product).log_likelihood

    def zones(law: ConstantLaw) -> float:
        return filtered_zones(history.zeta_kusd, law)[1]

    def level(powertrain: int, law: ConstantLaw) -> float:
        return float(filter_constants(history, hedonic, law, alpha_product).level_log_likelihood[powertrain])

    found = _maximized(rows, start, FITTED)
    for name in FITTED_LEVELS:
        found = _maximized(partial(level, LEVEL_SD.index(name)), found, (name,))
    return _maximized(zones, found, FITTED_ZONES).model_copy(update=_looking(history.look_share))


def _looking(look_share: Floats) -> dict[str, float]:
    """Root mean square of its changes from quarter to quarter, where some are known, (quarters,)."""
    steps = np.diff(np.log(look_share))
    known = steps[np.isfinite(steps)]
    return {LOOK_SD: float(np.sqrt(np.mean(known**2)))} if known.size else {}


def _maximized(likelihood: Callable[[ConstantLaw], float], start: ConstantLaw, names: Sequence[str]) -> ConstantLaw:
    """The law whose named standard deviations maximize a likelihood, by their logarithms within their bounds."""
    rules = [ConstantLaw.model_fields[name].metadata for name in names]
    highest = np.array([next(rule.le for rule in own if hasattr(rule, "le")) for own in rules], dtype=np.float64)
    lowest = np.array([next(rule.ge for rule in own if hasattr(rule, "ge")) for own in rules], dtype=np.float64)
    least = np.maximum(lowest, _LEAST_KUSD)
    given = np.array([getattr(start, name) for name in names], dtype=np.float64)
    first = np.log(np.clip(given, least, highest))

    def law(logs: Floats) -> ConstantLaw:
        values = np.clip(np.exp(logs), least, highest).tolist()
        return start.model_copy(update=dict(zip(names, values, strict=True)))

    def unlikely(logs: Floats) -> float:
        return -likelihood(law(logs))

    bounds = [(float(low), float(high)) for low, high in zip(np.log(least), np.log(highest), strict=True)]
    return law(minimize(unlikely, first, method="L-BFGS-B", bounds=bounds).x)
