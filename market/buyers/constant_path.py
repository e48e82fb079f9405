"""Demand constants after the origin: what the filter expects, and draws around it where the world has shocks."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from agents.arrays import Floats, group_sum
from agents.calendar import QUARTERS_PER_YEAR
from agents.random.streams import Purpose, stream_key, uniforms
from market.base.categories import BEV, POWERTRAINS
from market.buyers.constant_filter import (
    DRIFT,
    LEVEL,
    LEVEL_STATES,
    ConstantHistory,
    FilteredConstants,
    entrant_row_kusd,
    filter_constants,
    kept_a_quarter,
    level_law,
    level_loading,
    level_sd_kusd,
    row_variance,
)
from market.buyers.hedonic import Hedonic
from market.buyers.parameters import ConstantLaw

_PASSING = LEVEL_STATES  # branch of the stream for passing deviations, after those of the states
_ROUNDING = 1e-9  # keeps the covariance of states that are known exactly positive, k$^2


class ConstantPath:
    """Constants of products, quarter by quarter after the origin, k$.

    Only recorded prices move them: a row keeps the worth of its design price (the recorded one when it entered), and
    recorded changes since count with the slope within rows. What an automaker or a lever does to a price changes none.
    Rows return toward the others; what that would do to the total of a powertrain is taken out, so the level alone
    moves it. What is drawn for a level, and for the share of owners who look for a car, strays from the expected path
    and comes back. ``zeta_kusd``: (zones,) held.
    """

    def __init__(
        self,
        history: ConstantHistory,
        hedonic: Hedonic,
        law: ConstantLaw,
        alpha_product: float,
        seed: int | None = None,
    ) -> None:
        """``seed``: of the innovations drawn; None: the expected path. ``alpha_product`` is per k$."""
        filtered = filter_constants(history, hedonic, law, alpha_product)
        self._hedonic, self._law, self._alpha, self._seed = hedonic, law, alpha_product, seed
        self._maker, self._powertrain = history.maker, history.powertrain
        self._quarter = history.quarters - 1
        self._design_kusd = history.design_price_kusd()
        self._known, self._weight = filtered.known.copy(), filtered.weight
        self._level = filtered.level.mean.copy()
        self._strayed = np.zeros_like(self._level)
        self._looking = 0.0
        self._start_kusd = np.where(self._known, filtered.row_kusd, 0.0)
        self._kept = np.ones(self._known.size)
        self._shock_kusd = np.zeros(self._known.size)
        self.zeta_kusd = filtered.zeta_kusd
        if seed is not None:
            self._draw_start(filtered)

    def step(self, price_kusd: Floats, on_offer: NDArray[np.bool_]) -> Floats:
        """Constants of the next quarter, (products,): NaN for products that were never on offer.

        ``price_kusd``: recorded prices of the quarter, the last ones after the records.
        """
        self._quarter += 1
        kept = kept_a_quarter(self._law)
        transition, _ = level_law(self._law)
        self._level = self._level @ transition.T
        returning = self._law.stray_persistence ** (1.0 / QUARTERS_PER_YEAR)
        self._strayed = self._strayed @ transition.T * returning
        self._looking *= returning
        self._kept *= kept
        self._shock_kusd *= kept
        passing = np.zeros(len(POWERTRAINS))
        if self._seed is not None:
            passing = self._draw_innovations()
        self._enter(price_kusd, on_offer)
        row = self._kept * self._start_kusd + self._shock_kusd
        level = (self._level + self._strayed) @ level_loading(self._quarter) + passing + self._held_total(row)
        part = self._hedonic.part_kusd(self._powertrain, self._design_kusd, price_kusd)
        return np.where(self._known, part + level[self._powertrain] + row, np.nan)

    @property
    def look_factor(self) -> float:
        """What the share of owners due who look for a car is multiplied by."""
        return float(np.exp(self._looking))

    def _held_total(self, row: Floats) -> Floats:
        """What keeps the worth of a powertrain's rows together what it was at the origin, (powertrains,).

        With shares s of sales at the origin: -1/alpha ln sum s exp(alpha du), exact within one nest.
        """
        worth = self._weight * np.exp(self._alpha * np.where(self._weight > 0, row - self._start_kusd, 0.0))
        total = group_sum(worth, self._powertrain, len(POWERTRAINS))
        return np.asarray(-np.log(np.where(total > 0.0, total, 1.0)) / self._alpha)

    def _enter(self, price_kusd: Floats, on_offer: NDArray[np.bool_]) -> None:
        """Products on offer for the first time: worth of their recorded price, and of rows like them."""
        entering = on_offer & ~self._known
        if not entering.any():
            return
        row = self._kept * self._start_kusd
        like = entrant_row_kusd(row, self._known, self._maker, self._powertrain, self._law.kin_share)
        self._design_kusd = np.where(entering, price_kusd, self._design_kusd)
        self._start_kusd = np.where(entering, like, self._start_kusd)
        self._kept = np.where(entering, 1.0, self._kept)
        if self._seed is not None:
            drawn = self._law.row_spread_kusd * self._normals(Purpose.ENTRANT_PRODUCT, self._known.size, 0)
            self._shock_kusd = np.where(entering, drawn, self._shock_kusd)
        self._known = self._known | entering

    def _draw_start(self, filtered: FilteredConstants) -> None:
        """Where levels and rows stand at the origin, drawn from what is known of them."""
        sizes = len(POWERTRAINS), self._known.size
        root = np.linalg.cholesky(filtered.level.covariance + _ROUNDING * np.eye(LEVEL_STATES))
        normals = [self._normals(Purpose.CONSTANT_LEVEL, sizes[0], state) for state in range(LEVEL_STATES)]
        self._strayed += (root @ np.stack(normals, axis=1)[..., None])[..., 0]
        drawn = np.sqrt(filtered.row_variance) * self._normals(Purpose.CONSTANT_ROW, sizes[1], 0)
        self._shock_kusd = np.where(self._known, drawn, 0.0)

    def _draw_innovations(self) -> Floats:
        """Draw the quarter's innovations; returns passing deviations of levels, (powertrains,)."""
        sizes, law = (len(POWERTRAINS), self._known.size), self._law
        self._strayed[:, LEVEL] += level_sd_kusd(law) * self._normals(Purpose.CONSTANT_LEVEL, sizes[0], LEVEL)
        drift = law.drift_sd_kusd * self._normals(Purpose.CONSTANT_LEVEL, sizes[0], DRIFT)
        self._strayed[BEV, DRIFT] += drift[BEV]
        row = np.sqrt(row_variance(law)) * self._normals(Purpose.CONSTANT_ROW, sizes[1], 0)
        self._shock_kusd += np.where(self._known, row, 0.0)
        self._looking += law.look_sd * float(self._normals(Purpose.LOOKING, 1, 0)[0])
        return law.level_noise_sd_kusd * self._normals(Purpose.CONSTANT_LEVEL, sizes[0], _PASSING)

    def _normals(self, purpose: Purpose, size: int, branch: int) -> Floats:
        key = stream_key(self._seed or 0, purpose, self._quarter)
        return np.asarray(ndtri(uniforms(key, np.arange(size), branch)))
