"""Cost of a cell: material, learning, yield, and fixed cost over utilization (M12)."""

import numpy as np

from agents.arrays import Floats

MATERIALS = ("lithium", "nickel", "graphite")
LITHIUM_KG_PER_KWH = 0.6  # lithium carbonate in a kWh of cells: 0.60-0.65 for LFP (recalled)
_NICKEL_KG_PER_KWH = 0.7  # 0.64 in NMC 622, 0.75 in NMC 811, 0.76 in NCA: Olivetti et al. 2017, Joule (recalled)
_GRAPHITE_KG_PER_KWH = 1.0  # 0.9-1.1 kg of anode material, whatever the cathode (recalled)
NICKEL_CELL_KG_PER_KWH: Floats = np.array([LITHIUM_KG_PER_KWH, _NICKEL_KG_PER_KWH, _GRAPHITE_KG_PER_KWH])
IRON_CELL_KG_PER_KWH: Floats = np.array([LITHIUM_KG_PER_KWH, 0.0, _GRAPHITE_KG_PER_KWH])
"""What a kWh of cells holds of ``MATERIALS``, kg, shape (materials,)."""


def learning_factor(output_ratio: Floats, learning_rate: float) -> Floats:
    """Wright's law: cost over cost at ratio 1, (Q/Q0)^log2(1 - rate); shape of ``output_ratio``.

    A learning rate of 0.18 on non-material cost lies between Ziegler and Trancik (2021) and Barwick et al.
    """
    return np.asarray(output_ratio ** np.log2(1.0 - learning_rate))


def material_usd_per_kwh(
    base_usd_per_kwh: float, kg_per_kwh: Floats, usd_per_kg: Floats, base_usd_per_kg: Floats
) -> float:
    """Material cost with prices of ``MATERIALS`` passed through in full: lithium 6 $/kWh for 10 $/kg (M12).

    ``kg_per_kwh``: what a cell holds; prices now and those behind the base cost; all shape (materials,).
    """
    return float(base_usd_per_kwh + kg_per_kwh @ (usd_per_kg - base_usd_per_kg))


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
