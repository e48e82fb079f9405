"""Small histories of constants for tests of the filter."""

import numpy as np

from agents.arrays import Floats
from market.base.categories import BEV
from market.buyers.constant_filter import ConstantHistory
from market.buyers.hedonic import Hedonic, Slope
from market.buyers.parameters import ConstantLaw

FLAT = Hedonic((Slope(0.0, 0.1, 9),) * 4, Slope(0.0, 0.1, 9))
"""Prices explain nothing."""

STEADY = ConstantLaw(
    ice_level_sd_kusd=1.0,
    hev_level_sd_kusd=1.0,
    phev_level_sd_kusd=1.0,
    bev_level_sd_kusd=1.0,
    drift_sd_kusd=0.0,
    level_noise_sd_kusd=1.0,
    row_spread_kusd=10.0,
    row_noise_sd_kusd=1.0,
)
"""Every level moves alike, and BEVs have no drift."""


def history(
    xi: Floats,
    sales: Floats | None = None,
    *,
    price: Floats | None = None,
    maker: list[int] | None = None,
    limited: Floats | None = None,
    own: bool = True,
    powertrain: list[int] | None = None,
    look_share: Floats | None = None,
) -> ConstantHistory:
    """Constants ``xi``, (quarters, products), of BEVs by default; one zone, equal sales, all quarters published."""
    shape = xi.shape
    return ConstantHistory(
        xi_kusd=xi,
        limited=np.zeros(shape, np.bool_) if limited is None else limited > 0,
        sales=np.ones(shape) if sales is None else sales,
        price_kusd=np.full(shape, 40.0) if price is None else price,
        range_miles=np.full(shape, 300.0),
        own_quarter=np.full(shape, own),
        zeta_kusd=np.zeros((shape[0], 1)),
        maker=np.arange(shape[1]) if maker is None else np.array(maker),
        powertrain=np.full(shape[1], BEV) if powertrain is None else np.array(powertrain),
        look_share=np.full(shape[0], np.nan) if look_share is None else look_share,
    )
