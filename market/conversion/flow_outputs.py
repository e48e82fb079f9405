"""Where cells go: rows of the table ``cell_flows``, from who made them to who bought them, and where."""

from collections import defaultdict
from collections.abc import Iterator

from market.base import quarters
from market.base.categories import MAKERS
from market.base.column import Row, Series
from market.cells.allocation import CellQuarter
from market.cells.lines import OPEN_MARKET, SELLERS
from market.power.sector import PowerSide

ALLIED_IMPORTS = "imports for cars"
_CARS, _STORAGE = "vehicles", "storage"
_DATA_CENTERS, _UTILITIES = "data centers", "utilities"
_LEAST_GWH = 1e-9  # a watt hour: less is what rounding leaves of nothing, and may be there on one processor alone

CELL_FLOWS: dict[str, Series] = {
    "quarter": Series("quarter", "Quarter"),
    "seller": Series(
        "name",
        "Who made the cells (a calibrated archetype), or where they were imported from",
        "An automaker with the lines of its plants, open market for other US lines, or imports by where they come "
        "from.",
    ),
    "use": Series("name", "What the cells are for", "vehicles (as automakers took them in) or storage (as installed)."),
    "buyer": Series("name", "Automaker, utilities or data centers", "Who took the cells."),
    "region": Series(
        "name", "Power region in which storage is installed, empty for vehicles", "A region of the table regions."
    ),
    "gwh": Series(
        "GWh/quarter",
        "Cells delivered",
        "In the quarter: a sum over four quarters is a year. National columns such as cells_to_vehicles_gwh are "
        "rates per year.",
    ),
}


def flow_rows(done: CellQuarter, power: PowerSide, quarter: int) -> Iterator[Row]:
    """The quarter's flows of cells, those for cars as automakers took them in, those for storage as installed."""
    flows: dict[tuple[str, str, str, str], float] = defaultdict(float)
    domestic = done.for_cars.sum(axis=1)
    for maker, name in enumerate(MAKERS):
        open_market = float(done.from_open_market[maker])
        flows[name, _CARS, name, ""] += float(domestic[maker]) - open_market
        flows[SELLERS[OPEN_MARKET], _CARS, name, ""] += open_market
        flows[ALLIED_IMPORTS, _CARS, name, ""] += float(done.bought_by_maker[maker])
    for seller, contract, gwh in power.book.delivered:
        buyer = _DATA_CENTERS if contract.for_data_center else _UTILITIES
        flows[seller, _STORAGE, buyer, power.regions.names[contract.region]] += gwh
    for (seller, use, buyer, region), gwh in flows.items():
        if gwh > _LEAST_GWH:
            yield {
                "quarter": quarters.label(quarter), "seller": seller, "use": use, "buyer": buyer, "region": region,
                "gwh": gwh,
            }  # fmt: skip
