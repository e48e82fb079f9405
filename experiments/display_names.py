"""What pages and figures call things that tables name by codes: plants, products, power regions, quarters."""

from functools import cache

from market.base import quarters, tables
from market.base.categories import MAKERS, POWERTRAINS, SEGMENTS
from market.vehicles.products import Products

REGION_NAMES = {
    "CAISO": "CAISO (California)",
    "ERCOT": "ERCOT (Texas)",
    "PJM": "PJM (Mid-Atlantic)",
    "MISO": "MISO (Midwest)",
    "SPP": "SPP (Plains)",
    "NYISO": "NYISO (New York)",
    "ISO-NE": "ISO-NE (New England)",
    "Southeast": "Southeast",
    "West-nonISO": "West outside CAISO",
    "AK/HI": "Alaska and Hawaii",
}
"""Power regions, the grid operator first where there is one."""
SEGMENT_NAMES = {"car": "car", "small_suv": "small SUV", "large_suv": "large SUV", "pickup": "pickup"}
POWERTRAIN_NAMES = {"ICE": "gasoline", "HEV": "hybrid", "PHEV": "plug-in hybrid", "BEV": "BEV"}


@cache
def _plants() -> dict[str, str]:
    rows = tables.load("plants")
    places = rows["owner"] + ", " + rows["site"] + " " + rows["state"]
    number, alike = places.groupby(places).cumcount() + 1, places.duplicated(keep=False)
    shown = places.where(~alike, places + " (plant " + number.astype(str) + ")")
    return dict(zip(rows["plant"], shown, strict=True))


def plant_name(plant: str) -> str:
    """Owner and place of a shipped plant, numbered where an owner has two at a place; another's own name."""
    return _plants().get(plant, plant)


def product_name(products: Products, product: int) -> str:
    """Automaker, line or segment, and powertrain, such as ``Tesla Model Y (BEV)``."""
    line = products.line[product] or SEGMENT_NAMES[SEGMENTS[products.segment[product]]]
    powertrain = POWERTRAIN_NAMES[POWERTRAINS[products.powertrain[product]]]
    return f"{MAKERS[products.maker[product]]} {line} ({powertrain})"


def region_name(region: str) -> str:
    """A power region for people; one without a name here keeps its own."""
    return REGION_NAMES.get(region, region)


def quarter_name(label: str) -> str:
    """``2024Q4`` as ``Q4 2024``."""
    year, _, quarter = label.partition("Q")
    return f"Q{quarter} {year}"


def quarter_at(index: int) -> str:
    """A quarter by its number."""
    return quarter_name(quarters.label(index))
