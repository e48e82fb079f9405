"""Demand constants inverted from observed sales, quarter by quarter up to the origin, and held after it.

Each constant matches one target: xi of a product its sales, zeta of a zone its registrations, the constants of used
goods what is offered of them at recorded prices, that of keeping a car the turnover of 2017, the hazard of entering the
market total new-car sales. The mean xi of
gasoline products is held at its 2017 value (the normalization), so the hazard alone moves the total.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from agents.arrays import Floats, group_sum
from agents.buyers.choice import Alphas, Nests

HELD_QUARTERS = 4  # quarters whose mean is held
LOWEST_HAZARD, HIGHEST_HAZARD = 0.05, 1.0
_LARGEST_STEP_KUSD = 15.0
ABSENT_CARS = 1.0  # a quarter; a used good of which no more is offered has no constant of its own
_FEW_CARS = 1e-3  # cars; keeps logarithms finite where nothing is expected
_ZETA_STEP = 0.5  # share of the gap of a zone closed in a round
_LOWEST_SHARE = 1e-30
_USED_STEP = 0.7  # damping of the steps of used-good constants


Past = tuple[Floats, Floats, Floats, float, float, float]  # a quarter's constants, as ``remember`` stores them


@dataclass
class Constants:
    """Constants in use, k$: ``xi`` (products,), ``zeta`` (zones,), ``used`` (goods,), ``kappa``; and the hazard."""

    xi: Floats
    zeta: Floats
    used: Floats
    kappa: float
    hazard: float
    scrap_scale: float = 1.0
    gasoline_mean_kusd: float = float("nan")
    history: deque[Past] = field(default_factory=lambda: deque(maxlen=HELD_QUARTERS))

    def remember(self, offered: Floats) -> None:
        """Store the quarter's constants for the mean held after the origin; ``offered``: used cars, (goods,)."""
        used = np.where(offered > ABSENT_CARS, self.used, np.nan)
        self.history.append((self.xi.copy(), self.zeta.copy(), used, self.kappa, self.hazard, self.scrap_scale))

    def hold(self, entrants: Floats) -> None:
        """Take the mean of the last quarters; a product never sold gets its entry of ``entrants`` (products,)."""
        xi, zeta, used, _, hazard, scrap = zip(*self.history, strict=True)
        self.xi = _mean_known(np.stack(xi), entrants)
        self.zeta = np.mean(zeta, axis=0)
        self.used = _mean_known(np.stack(used), self.used)
        if np.isnan(self.gasoline_mean_kusd):
            raise ValueError("the origin must lie after the base year")
        self.hazard = float(np.mean(hazard))
        self.scrap_scale = float(np.mean(scrap))

    def take_last(self) -> None:
        """Take xi and zeta of the last quarter; a product not sold in it keeps what it has."""
        last = self.history[-1]
        self.xi = np.where(np.isnan(last[0]), self.xi, last[0])
        self.zeta = last[1].copy()

    def fix_base_year(self, gasoline_weight: Floats) -> None:
        """Fix what the base year alone decides: the constant of keeping and the mean of gasoline cars.

        ``gasoline_weight``: (products,) sales of gasoline products.
        """
        self.kappa = float(np.mean([past[3] for past in self.history]))
        self.gasoline_mean_kusd = float(np.mean([weighted_mean(past[0], gasoline_weight) for past in self.history]))


def _mean_known(past: Floats, otherwise: Floats) -> Floats:
    """Mean over quarters of what is known, (quarters, members) to (members,); ``otherwise`` where nothing is."""
    known = ~np.isnan(past)
    mean = np.nansum(past, axis=0) / np.maximum(1, known.sum(axis=0))
    return np.where(known.any(axis=0), mean, otherwise)


def xi_step(expected: Floats, target: Floats, nests: Nests, alphas: Alphas, free: NDArray[np.bool_]) -> Floats:
    """Change of xi that brings expected sales nearer to recorded ones, k$, shape (products,).

    The inverse of the nested logit, level by level (Berry 1994 for one kind of buyer; here repeated until
    buyers of all kinds add up): shares within nests over alpha_product, nests within segments over
    alpha_powertrain, segments over alpha_segment. The total is left to the caller. ``free`` marks products
    with a recorded sale.
    """
    have = np.where(free, np.maximum(expected, _FEW_CARS), 0.0)
    want = np.where(free, np.maximum(target, _FEW_CARS), 0.0)
    nest_of, segment_of = nests.product_nest, nests.nest_segment[nests.product_nest]
    nest_ratio = _log_ratio(group_sum(want, nest_of, 0), group_sum(have, nest_of, 0))[nest_of]
    segment_ratio = _log_ratio(group_sum(want, segment_of, 0), group_sum(have, segment_of, 0))[segment_of]
    total_ratio = float(np.log(want.sum() / have.sum()))
    own = np.where(free, np.log(np.where(free, want, 1.0) / np.where(free, have, 1.0)), 0.0)
    step = (
        (own - nest_ratio) / alphas.product
        + (nest_ratio - segment_ratio) / alphas.powertrain
        + (segment_ratio - total_ratio) / alphas.segment
    )
    return np.where(free, np.clip(step, -_LARGEST_STEP_KUSD, _LARGEST_STEP_KUSD), 0.0)


def _log_ratio(want: Floats, have: Floats) -> Floats:
    live = (want > 0) & (have > 0)
    return np.where(live, np.log(np.where(live, want, 1.0) / np.where(live, have, 1.0)), 0.0)


def total_step(expected: float, target: float, alphas: Alphas) -> float:
    """Common change of xi that brings total new sales nearer to the record, k$."""
    return float(np.log(target / expected)) / alphas.market


def kappa_step(keepers: float, owners: float, target_share: float, alphas: Alphas) -> float:
    """Change of the constant of keeping toward the target share of owners in the market who keep, k$ (M1)."""
    share = np.clip(keepers / owners, 1e-6, 1 - 1e-6)
    return float((logit(target_share) - logit(share)) / alphas.keep)


def used_gap(demand: Floats, offered: Floats) -> Floats:
    """Log of each good's share of what is offered over its share of demand, (goods,); 0 where nothing is offered.

    With recorded new sales the level of demand for used cars is not theirs to decide, so only shares are compared.
    """
    have = np.where(offered > ABSENT_CARS, np.maximum(demand, _FEW_CARS), 0.0)
    want = np.where(offered > ABSENT_CARS, offered, 0.0)
    return _log_ratio(want / max(want.sum(), _FEW_CARS), have / max(have.sum(), _FEW_CARS))


def used_step(gap: Floats, constants: Floats, offered: Floats, alphas: Alphas) -> Floats:
    """Change of used-good constants that brings ``used_gap`` nearer to 0, k$, (goods,) (M20).

    The mean over what is offered becomes 0, since the level of used goods is that of new ones' constants; a good of
    which nothing is offered keeps its constant.
    """
    step = np.clip(_USED_STEP * gap / alphas.powertrain, -_LARGEST_STEP_KUSD, _LARGEST_STEP_KUSD)
    return np.where(offered > ABSENT_CARS, step - weighted_mean(constants + step, offered), 0.0)


def hazard_for(due_new: float, carless_new: float, target: float) -> float:
    """Share of seats due that must look so that new sales meet the record; within its bounds (M22)."""
    return float(np.clip((target - carless_new) / max(due_new, _FEW_CARS), LOWEST_HAZARD, HIGHEST_HAZARD))


def weighted_mean(values: Floats, weight: Floats) -> float:
    """Mean of the values that are known, by weight."""
    known = np.where(np.isnan(values), 0.0, weight)
    return float((np.nan_to_num(values) * known).sum() / known.sum())


def zeta_step(share: Floats, target_ratio: Floats, seats: Floats, alphas: Alphas) -> Floats:
    """Change of the zones' constants toward recorded ratios to the nation, k$, shape (zones,).

    ``share``: BEV share of new cars, ``target_ratio``: what it should be over the nation's; half of the
    gap is closed. The mean over seats stays 0, since the level is that of the products' constants.
    """
    national = float((share * seats).sum() / seats.sum())
    step = _ZETA_STEP * np.log(target_ratio * national / np.maximum(share, _LOWEST_SHARE)) / alphas.powertrain
    step = np.clip(step, -_LARGEST_STEP_KUSD, _LARGEST_STEP_KUSD)
    return np.asarray(step - (step * seats).sum() / seats.sum())


def entrant_means(history: Sequence[Past], maker: NDArray[np.int64], powertrain: NDArray[np.int64]) -> Floats:
    """Mean constant of the same automaker and powertrain, else of the powertrain, k$, shape (products,)."""
    seen = np.stack([past[0] for past in history])
    count = (~np.isnan(seen)).sum(axis=0)
    mean = np.where(count > 0, np.nansum(seen, axis=0) / np.maximum(count, 1), np.nan)
    out = np.empty(mean.size)
    for product in range(mean.size):
        kin = (powertrain == powertrain[product]) & ~np.isnan(mean)
        closest = kin & (maker == maker[product])
        out[product] = mean[closest if closest.any() else kin].mean()
    return out
