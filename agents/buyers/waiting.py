"""Purchase timing: buyers who wait for a better BEV, or pull a purchase forward before a worse one (M3)."""

import numpy as np

from agents.arrays import Floats

_MOST_GAIN_KUSD = 5.0  # larger gains have no further effect (M3)


def waiting_share(gain_kusd: Floats, alpha_powertrain: float, rho: float) -> Floats:
    """Share of those who would choose a new BEV that wait: 1 - exp(-alpha_2 rho gain); same shape (M3).

    ``gain_kusd``: expected gain of the best BEV in four quarters over that of now, k$; 0 if negative.
    """
    return np.asarray(-np.expm1(-alpha_powertrain * rho * np.clip(gain_kusd, 0.0, _MOST_GAIN_KUSD)))


def pull_forward_share(gain_kusd: Floats, alpha_powertrain: float, rho: float) -> Floats:
    """Share of owners due in the next four quarters, and of those waiting, who buy now if the gain is negative (M3).

    1 - exp(-alpha_2 rho |gain|), same shape as ``gain_kusd``; 0 where there is something to wait for.
    """
    return waiting_share(-np.asarray(gain_kusd), alpha_powertrain, rho)
