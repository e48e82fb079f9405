"""The lines of all plants as known at the end of 2024."""

import numpy as np

from agents.cells.line_decision import LineStatus, Use
from agents.cells.plant import CHEMISTRIES, LARGEST_LINE_GWH, NEVER, Lines
from market.base import quarters, tables
from market.base.categories import MAKERS

OPEN_MARKET = len(MAKERS)
"""Place of the sellers without an automaker, after the automakers."""
JOINT = " and "
"""Between the partners in the owner of a joint venture, as the table writes them."""
SELLERS = (*MAKERS, "open market")


def read_lines() -> tuple[Lines, list[tuple[str, str, str]]]:
    """Lines of all plants that make cells, and (plant, owner, automaker) by place.

    A plant that assembles bought cells has none. What has no date is announced; what has one is building until
    then, as known at the end of 2024.
    """
    rows = tables.load("plants")
    rows = rows[rows["built_for"] != "storage assembly"].reset_index(drop=True)
    count = np.ceil(rows["gwh_per_year"].to_numpy(np.float64) / LARGEST_LINE_GWH).astype(np.int64)
    of = np.repeat(np.arange(len(rows)), count)
    maker = np.array([SELLERS.index(name) for name in rows["maker"]])
    ready = np.array([quarters.index(name) if name else NEVER for name in rows["start_quarter"]])
    announced = np.array([quarters.index(name) for name in rows["announced"]])
    for_cars = (rows["built_for"] == "vehicles").to_numpy()
    chemistry = np.array([CHEMISTRIES.index(name) for name in rows["chemistry"]])
    lines = Lines(
        plant=of,
        maker=maker[of],
        gwh_per_year=(rows["gwh_per_year"].to_numpy(np.float64) / count)[of],
        chemistry=chemistry[of],
        car_chemistry=chemistry[of],
        status=np.where(ready[of] < NEVER, LineStatus.BUILDING, LineStatus.ANNOUNCED).astype(np.int64),
        use=np.where(for_cars[of], Use.VEHICLES, Use.STORAGE).astype(np.int64),
        ready=ready[of],
        offline_from=np.full(of.size, NEVER),
        since=ready[of],
        waiting_since=announced[of],
        credited=rows["us_made"].to_numpy()[of] == 1,
        for_cars=for_cars[of],
    )
    return lines, list(zip(rows["plant"], rows["owner"], rows["maker"], strict=True))
