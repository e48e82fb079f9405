"""Value of a battery-health certificate at resale (M5, M6, M20).

Health itself and the share of ages out of warranty are in ``ownership``.
"""

import numpy as np

from agents.arrays import Floats


def warranty_end_years(miles_per_year: Floats, warranty_years: float, warranty_miles: float) -> Floats:
    """Age at which the battery warranty ends: 8 years or 100,000 miles, what comes first; same shape (M6).

    A car that is not driven is covered for all the years.
    """
    return np.asarray(warranty_miles / np.maximum(miles_per_year, warranty_miles / warranty_years))


def expected_trouble_loss_kusd(trouble_share: Floats, uncovered_share: Floats, loss_kusd: float) -> Floats:
    """Expected loss by battery trouble that no warranty pays, k$; broadcast shape (M5, M6)."""
    return np.asarray(loss_kusd * trouble_share * uncovered_share)


def trouble_share_at_health(mean_share: Floats, health: Floats, mean_health: Floats) -> Floats:
    """Chance of trouble of a car of known health: that of all cars by its fade over theirs, at most 1 (M5).

    Broadcast shape; the mean share where cars have not faded yet. Proportion to fade is an assumption.
    """
    faded = mean_health < 1.0
    relative = (1.0 - health) / np.where(faded, 1.0 - mean_health, 1.0)
    return np.asarray(np.minimum(mean_share * np.where(faded, relative, 1.0), 1.0))


def certificate_value_kusd(
    believed_share: Floats, proven_share: Floats, uncovered_share: Floats, loss_kusd: float
) -> Floats:
    """What a certificate adds to the value of a used BEV, k$; negative for a bad battery (M5, M6).

    Expected loss at the share of trouble believed of all such cars less that at the proven one; broadcast shape.
    """
    believed = expected_trouble_loss_kusd(believed_share, uncovered_share, loss_kusd)
    return np.asarray(believed - expected_trouble_loss_kusd(proven_share, uncovered_share, loss_kusd))
