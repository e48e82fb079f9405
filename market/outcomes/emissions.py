"""CO2, gasoline and electricity of cars by state and power region, and the rows of their table."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from agents.arrays import Floats
from market.base import quarters, tables
from market.base.categories import BEV_SHORT, HEV, ICE, PHEV
from market.base.column import Row, Series
from market.outcomes.places import StateParts
from market.outcomes.vehicle_energy import FleetEnergy

_KT, _FLEET = "thousand t CO2/quarter", "Of all cars on the road; by state as cars without a battery to plug in are."
_GRAMS_PER_KG = 1e3
_KG_PER_THOUSAND_T = 1e6

EMISSIONS: dict[str, Series] = {
    "quarter": Series("quarter", "Quarter"),
    "state": Series("postal code", "State", "Key, with quarter and region."),
    "region": Series(
        "name", "Power region", "Key: a region of the table regions; a state in two regions has two rows."
    ),
    "tailpipe_ice_kt": Series(_KT, "Tailpipe CO2 of gasoline cars", _FLEET),
    "tailpipe_hev_kt": Series(_KT, "Tailpipe CO2 of hybrids", _FLEET),
    "tailpipe_phev_kt": Series(
        _KT, "Tailpipe CO2 of plug-in hybrids", "Of all plug-in hybrids on the road; by state as BEVs are."
    ),
    "gasoline_mgal": Series("million gallons/quarter", "Gasoline burned by cars on the road"),
    "charging_gwh": Series(
        "GWh/quarter",
        "Electricity of plug-in cars",
        "At the plug, in the quarter; BEVs and the electric miles of plug-in hybrids.",
    ),
    "grid_kt": Series(
        _KT,
        "CO2 of power plants for charging",
        "One more MWh of the region's grid as in 2022-23, losses included; the same factor in all years, so high for "
        "later ones.",
    ),
    "displaced_mgal": Series(
        "million gallons/quarter",
        "Gasoline that plug-in cars displace",
        "Against the same miles in gasoline cars of the same segment and build year, less what plug-in hybrids burn. A "
        "comparison by definition, not a run without them.",
    ),
    "displaced_oil_kbbl": Series(
        "thousand barrels/quarter", "Oil that plug-in cars displace", "displaced_mgal without its ethanol, in barrels."
    ),
    "avoided_kt": Series(
        _KT,
        "CO2 that plug-in cars avoid",
        "Tailpipe CO2 of displaced_mgal less grid_kt; below 0 where they add some. Without making cars and fuel.",
    ),
    "new_cars": Series("car/quarter", "New-car sales (expected)", "Sold in the quarter, after supply limits."),
    "new_co2_g_per_mile": Series(
        "g CO2/mile", "Tailpipe CO2 of new cars", "Mean over cars sold in the quarter; empty without any."
    ),
}


@dataclass(frozen=True)
class EmissionFactors:
    """``gasoline_kg``: CO2 a gallon; ``oil_barrels``: a gallon; ``grid_kg``: CO2 a MWh at the plug, by region."""

    gasoline_kg: float
    oil_barrels: float
    grid_kg: "pd.Series[float]"


def read_factors() -> EmissionFactors:
    """The factors of the tables ``emission_factors`` and ``grid_emissions``."""
    row = tables.load("emission_factors").iloc[0]
    marginal = tables.load("grid_emissions").set_index("region")["marginal_co2_kg_per_mwh"]
    return EmissionFactors(
        gasoline_kg=float(row["gasoline_co2_kg_per_gallon"]),
        oil_barrels=(1.0 - float(row["ethanol_share"])) / float(row["gallons_per_barrel"]),
        grid_kg=marginal.astype(np.float64) / (1.0 - float(row["grid_loss_share"])),
    )


def spread(total: Floats | float, weight: Floats) -> Floats:
    """A total shared out by weights, evenly where they are all 0; shape of ``weight``."""
    whole = float(weight.sum())
    return np.asarray(total * (weight / whole if whole > 0.0 else np.full(weight.shape, 1.0 / weight.size)))


def by_place(energy: FleetEnergy, others: Floats, bevs: Floats, grid_kg: Floats, factors: EmissionFactors) -> Row:
    """Columns of the fleet by place, each (places,).

    ``others`` and ``bevs``: (places,) cars on the road; ``grid_kg``: (places,) CO2 a MWh at the plug.
    """
    gallons = {kind: spread(energy.gasoline_mgal[kind], bevs if kind >= PHEV else others) for kind in (ICE, HEV, PHEV)}
    power = spread(energy.charging_gwh[PHEV] + energy.charging_gwh[BEV_SHORT:].sum(), bevs)
    displaced = spread(energy.displaced_mgal.sum(), bevs)
    grid = power * grid_kg * 1e3 / _KG_PER_THOUSAND_T
    return {
        "tailpipe_ice_kt": gallons[ICE] * factors.gasoline_kg,
        "tailpipe_hev_kt": gallons[HEV] * factors.gasoline_kg,
        "tailpipe_phev_kt": gallons[PHEV] * factors.gasoline_kg,
        "gasoline_mgal": gallons[ICE] + gallons[HEV] + gallons[PHEV],
        "charging_gwh": power,
        "grid_kt": grid,
        "displaced_mgal": displaced,
        "displaced_oil_kbbl": displaced * factors.oil_barrels * 1e3,
        "avoided_kt": displaced * factors.gasoline_kg - grid,
    }


def new_by_place(sold: Floats, gallons_per_mile: Floats, parts: Floats, gasoline_kg: float) -> Row:
    """Columns of new cars by place; ``sold``: (zones, incomes, homes, products), ``parts``: (zones, places).

    ``gallons_per_mile``: (homes, products).
    """
    by_home = sold.sum(axis=1)
    burned = (by_home * gallons_per_mile).sum(axis=(1, 2)) @ parts
    cars = by_home.sum(axis=(1, 2)) @ parts
    mean = np.divide(burned, cars, out=np.full(cars.shape, np.nan), where=cars > 0.0)
    return {"new_cars": cars, "new_co2_g_per_mile": mean * gasoline_kg * _GRAMS_PER_KG}


def emission_rows(columns: Row, parts: StateParts, quarter: int) -> Iterator[Row]:
    """The quarter's rows of the table ``emissions``; ``columns``: (places,) each, in the order of the pairs."""
    label = quarters.label(quarter)
    lists = {name: values.tolist() for name, values in columns.items()}
    for place, (state, region) in enumerate(zip(parts.pair_state, parts.pair_region, strict=True)):
        yield {
            "quarter": label, "state": state, "region": region,
            **{name: values[place] for name, values in lists.items()},
        }  # fmt: skip
