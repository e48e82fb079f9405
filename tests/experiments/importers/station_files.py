"""Station locator exports as they are met in the field, made up: layouts of many years, encodings, dates, oddities."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from market.base import tables

NAMED = (
    "Fuel Type Code", "Station Name", "Street Address", "City", "State", "ZIP", "Plus4", "Station Phone",
    "Status Code", "Expected Date", "Groups With Access Code", "Access Days Time", "EV Level1 EVSE Num",
    "EV Level2 EVSE Num", "EV DC Fast Count", "EV Network", "Latitude", "Longitude", "ID", "Open Date",
    "EV Connector Types", "Country", "Access Code",
)  # fmt: skip
"""Columns of an export that say something of charging."""
LAYOUTS = {
    "75 columns": (75, ()),
    "74 columns": (74, ()),
    "70 columns": (70, ()),
    "61 columns": (61, ("Plus4", "Station Phone", "Status Code")),
    "38 columns": (38, ("Country", "Access Code")),
    "37 columns": (37, ("Country", "Access Code", "EV Connector Types")),
}
"""How many columns a layout has, and which of those above it lacks; the others are of other fuels."""
_API = {
    "EV DC Fast Count": "ev_dc_fast_num", "EV Level2 EVSE Num": "ev_level2_evse_num", "EV Network": "ev_network",
    "EV Level1 EVSE Num": "ev_level1_evse_num", "Open Date": "open_date",
}  # fmt: skip
_NETWORKS = (
    "Tesla",
    "Tesla Destination",
    "Electrify America",
    "EVgo Network",
    "ChargePoint Network",
    "",
    "Café Réseau",
)


@dataclass(frozen=True)
class Stations:
    """Rows of a file, texts by column of ``NAMED``; ``ports`` by state and network that are in service in 2024."""

    rows: pd.DataFrame

    @property
    def in_service(self) -> pd.DataFrame:
        """Rows that count."""
        rows = self.rows
        fast = rows["EV DC Fast Count"].replace("", "0").astype(int)
        return rows.assign(ports=fast, tesla=rows["EV Network"].str.startswith("Tesla"))[
            (rows["Fuel Type Code"] == "ELEC") & (rows["Status Code"] == "E") & (rows["Country"] == "US")
            & (fast > 0) & (rows["Open Date"] <= "2024-12-31")
        ]  # fmt: skip

    def ports(self, state: str, *, tesla: bool) -> int:
        """Ports in service of a state, of Tesla's network or of the others."""
        rows = self.in_service
        return int(rows["ports"][(rows["State"] == state) & (rows["tesla"] == tesla)].sum())

    def with_dates(self, style: str) -> "Stations":
        """The same with dates in another style."""
        moved = self.rows.copy()
        for column in ("Open Date", "Expected Date"):
            days = pd.to_datetime(moved[column], errors="coerce")
            moved[column] = days.dt.strftime(style).where(days.notna(), "")
        return replace(self, rows=moved)

    def text(self, layout: str = "75 columns", *, api: bool = False, left_out: Sequence[str] = ()) -> str:
        """The file in a layout; ``api``: with the names of the interface for programs."""
        width, lacking = LAYOUTS[layout]
        columns = [name for name in NAMED if name not in {*lacking, *left_out}]
        frame = self.rows[columns]
        for place in range(width - len(columns)):
            frame = frame.assign(**{f"Other Fuel {place}": ""})
        if api:
            frame = frame.rename(columns=lambda name: _API.get(name, name.lower().replace(" ", "_")))
        return frame.to_csv(index=False, lineterminator="\r\n")


def stations(count: int, seed: int = 1, states: Sequence[str] = ("AZ", "NV")) -> Stations:
    """That many rows of stations in some states, the same for the same seed.

    Most have no fast ports and a blank count; some are of other fuels, planned, closed for a time, abroad or opened in
    2025; every tenth shares its place with the row before.
    """
    luck = np.random.default_rng(seed)
    here = luck.choice(states, count)
    latitude, longitude = luck.uniform(31, 37, count).round(6), luck.uniform(-115, -109, count).round(6)
    together = np.arange(count) % 10 == 1
    latitude[together], longitude[together] = (
        latitude[np.flatnonzero(together) - 1],
        longitude[np.flatnonzero(together) - 1],
    )
    here[together] = here[np.flatnonzero(together) - 1]
    country = luck.choice(["US", "CA"], count, p=[0.98, 0.02])
    here = np.where(country == "CA", "ON", here)
    fast = np.where(luck.random(count) < 0.84, "", luck.integers(1, 25, count).astype(str))
    status = luck.choice(["E", "T", "P"], count, p=[0.9, 0.05, 0.05])
    opened = pd.Timestamp("2015-01-01") + pd.to_timedelta(luck.integers(0, 3_900, count), unit="D")
    rows = pd.DataFrame(dict.fromkeys(NAMED, np.full(count, "", dtype=object)) | {
        "Fuel Type Code": luck.choice(["ELEC", "LPG"], count, p=[0.95, 0.05]), "State": here,
        "Station Name": [f"Plaza {place}, Suite \"A\"" for place in range(count)], "City": "Tucson", "ZIP": "01234",
        "Status Code": status, "EV DC Fast Count": fast, "EV Level2 EVSE Num": "2",
        "EV Network": luck.choice(_NETWORKS, count), "Latitude": latitude.astype(str),
        "Longitude": longitude.astype(str), "ID": np.arange(1, count + 1).astype(str),
        "Open Date": opened.strftime("%Y-%m-%d"), "Country": country,
        "EV Connector Types": "CHADEMO J1772COMBO", "Access Code": luck.choice(["public", "private"], count),
        "Expected Date": np.where(status == "P", "2025-08-15", ""),
    })  # fmt: skip
    return Stations(rows)


def national(count: int) -> Stations:
    """A file of all states."""
    return stations(count, states=tuple(tables.load("states")["state"]))
