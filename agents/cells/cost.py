"""Cost of a cell: material, learning, yield, and fixed cost over utilization (M12)."""

import numpy as np

from agents.arrays import Floats

LITHIUM_KG_PER_KWH = 0.6  # lithium carbonate in a kWh of cells: 0.60-0.65 for LFP (recalled)


def learning_factor(output_ratio: Floats, learning_rate: float) -> Floats:
    """Wright's law: cost over cost at ratio 1, (Q/Q0)^log2(1 - rate); shape of ``output_ratio``.

    A learning rate of 0.18 on non-material cost lies between Ziegler and Trancik (2021) and Barwick et al.
    """
    return np.asarray(output_ratio ** np.log2(1.0 - learning_rate))


def material_usd_per_kwh(base_usd_per_kwh: float, lithium_usd_per_kg: float, base_lithium_usd_per_kg: float) -> float:
    """Material cost with lithium passed through in full: 6 $/kWh for 10 $/kg (M12)."""
    return base_usd_per_kwh + LITHIUM_KG_PER_KWH * (lithium_usd_per_kg - base_lithium_usd_per_kg)


def cell_cost_usd_per_kwh(
    material_usd_per_kwh: float,
    processing_usd_per_kwh: Floats,
    cell_yield: Floats,
    scrap_recovery_usd_per_kwh: float,
    fixed_usd_per_kwh: float,
    utilization: Floats,
) -> Floats:
    """(material + processing) / yield - scrap recovery + fixed / utilization, $/kWh, broadcast shape (M12).

    ``fixed_usd_per_kwh`` is at full utilization. Raises ValueError for a yield or utilization that is not positive.
    """
    if np.any(np.asarray(cell_yield) <= 0) or np.any(np.asarray(utilization) <= 0):
        raise ValueError("yield and utilization must be above 0")
    lost = (1.0 / cell_yield - 1.0) * scrap_recovery_usd_per_kwh
    return np.asarray(
        (material_usd_per_kwh + processing_usd_per_kwh) / cell_yield - lost + fixed_usd_per_kwh / utilization
    )


def ramp_yield(quarters_running: Floats, first: float, last: float, quarters: int) -> Floats:
    """Yield of a line that has run for so many quarters: from first to last in equal steps, then level (M12)."""
    part = np.clip(np.asarray(quarters_running) / quarters, 0.0, 1.0)
    return np.asarray(first + (last - first) * part)


def scarcity_usd_per_kwh(utilization: float, most_usd_per_kwh: float, center: float, width: float) -> float:
    """Scarcity price of cells: a logistic in utilization, smooth unlike a dual price (M13)."""
    return float(most_usd_per_kwh / (1.0 + np.exp(-(utilization - center) / width)))
