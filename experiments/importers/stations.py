"""Charging stations as station locators export them become the ports of a year: table ``fast_sites``."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.errors import InputError
from experiments.importers.foreign_tables import ForeignTable, csv_table
from experiments.importers.receipt import Imported, counted_reasons, first_reasons, nothing_kept
from market.base import tables

_STATE = ("State", "state", "st")
_FAST = ("EV DC Fast Count", "ev_dc_fast_num", "EV DC Fast Num", "dc_fast_count")
_FUEL, _COUNTRY = ("Fuel Type Code", "fuel_type_code"), ("Country", "country")
_STATUS = ("Status Code", "status_code", "status")
_EXPECTED, _OPENED = ("Expected Date", "expected_date"), ("Open Date", "open_date")
_ACCESS = ("Access Code", "access_code", "Groups With Access Code", "groups_with_access_code")
_NETWORK, _ID = ("EV Network", "ev_network", "network"), ("ID", "id")
_LATITUDE, _LONGITUDE = ("Latitude", "latitude", "lat"), ("Longitude", "longitude", "lon", "lng")
_MOST_PORTS = 500  # of a row; the largest station has about 200: assumption
_ROUNDING = 5  # digits of degrees within which coordinates are one place: a meter
_OPEN, _PAUSED, _PLANNED = "E", "T", "P"
_TESLA, _OTHER = "Tesla", "other"
_NETWORKS_SHOWN = 12
SHIPPED_YEARS = "keep", "scale"
"""What becomes of years before that of the file: they stay, or are scaled by what the file has against its year."""


@dataclass(frozen=True)
class Reading:
    """How a file of stations is read: as of the end of a year, with stations that are closed for a time or without."""

    year: int = 2024
    paused: bool = False
    earlier: str = "keep"


def import_stations(path: Path, reading: Reading) -> Imported:
    """Fast ports and sites of the states in a file at the end of a year. Raises InputError for what cannot be used."""
    shipped = tables.load("fast_sites")
    if reading.year not in set(shipped["year"]):
        raise InputError(f"--year is {reading.year}; the table has {shipped['year'].min()} to {shipped['year'].max()}")
    if reading.earlier not in SHIPPED_YEARS:
        raise InputError(f"--earlier is {reading.earlier}; it must be {' or '.join(SHIPPED_YEARS)}")
    file = csv_table(path)
    rows = _rows(file)
    reasons = _reasons(rows, reading)
    kept, planned = rows[reasons == ""], rows[(reasons == "planned, listed as pipeline")]
    if kept.empty:
        raise nothing_kept(
            f"{path.name} has no fast ports in service in any state", reasons, "give a file of charging stations"
        )
    found, states = _summed(kept), sorted(set(rows["state"][rows["known"]]))
    table = _in_table(shipped, found, states, reading)
    return Imported(
        {"fast_sites": table}, len(rows), len(kept),
        counted_reasons(reasons),
        f"fast ports at the end of {reading.year}", _sums(shipped, table, states, reading.year),
        _notes(file, kept, reading), {"Pipeline: ports by quarter, state and network": _pipeline(planned),
        "Networks as they are called, and their ports": _networks(kept)},
    )  # fmt: skip


def _rows(file: ForeignTable) -> pd.DataFrame:
    """The columns that count, one row a row of the file."""
    ports = file.numbers(file.needed(_FAST, "fast ports"))
    state = file.needed(_STATE, "states").str.upper()
    known = set(tables.load("states")["state"])
    names = dict(zip(tables.load("states")["name"].str.upper(), tables.load("states")["state"], strict=True))
    state = state.map(lambda each: names.get(each, each))
    network = file.texts(_NETWORK)
    return pd.DataFrame({
        "state": state, "known": state.isin(known), "ports": ports, "fuel": file.texts(_FUEL).str.upper(),
        "country": file.texts(_COUNTRY).str.upper(), "status": file.texts(_STATUS).str.upper(),
        "opened": _dates(file.texts(_OPENED)), "expected": _dates(file.texts(_EXPECTED)),
        "private": file.texts(_ACCESS).str.lower().str.startswith("private"), "called": network,
        "network": np.where(network.str.lower().str.contains("tesla"), _TESLA, _OTHER),
        "id": file.texts(_ID), "place": _places(file),
    })  # fmt: skip


def _dates(texts: pd.Series) -> pd.Series:
    """Dates written as in the United States or as ISO has it, with or without a time of day; NaT for what is none."""
    days = texts.str.partition(" ")[0].str.partition("T")[0]
    found = pd.to_datetime(days, format="%Y-%m-%d", errors="coerce")
    for form in ("%m/%d/%Y", "%m/%d/%y"):
        found = found.fillna(pd.to_datetime(days, format=form, errors="coerce"))
    return found


def _places(file: ForeignTable) -> pd.Series:
    """A text for each place: rounded coordinates; each row its own where they are blank."""
    latitude, longitude = (file.degrees(file.texts(each)) for each in (_LATITUDE, _LONGITUDE))
    own = "row " + pd.Series(np.arange(len(file.frame)).astype(str), index=file.frame.index)
    there = latitude.notna() & longitude.notna()
    named = latitude.round(_ROUNDING).astype(str) + " " + longitude.round(_ROUNDING).astype(str)
    return own.mask(there, named)


def _reasons(rows: pd.DataFrame, reading: Reading) -> pd.Series:
    """Why a row is dropped, the first reason that holds; nothing for rows that are kept."""
    end = pd.Timestamp(year=reading.year, month=12, day=31)
    tests: Mapping[str, pd.Series] = {
        "other fuels": ~rows["fuel"].isin(["", "ELEC"]),
        "outside the United States": ~rows["country"].isin(["", "US", "USA"]),
        "no state of the 51": ~rows["known"],
        "an ID that is there already": (rows["id"] != "") & rows["id"].duplicated(),
        "a count of fast ports that is none": ~rows["ports"].between(0, _MOST_PORTS) | (rows["ports"] % 1 != 0),
        "no fast ports": rows["ports"] == 0,
        "planned, listed as pipeline": rows["status"] == _PLANNED,
        "closed for a time": (rows["status"] == _PAUSED) & (not reading.paused),
        "an unknown status": ~rows["status"].isin(["", _OPEN, _PAUSED, _PLANNED]),
        f"opened after {reading.year}, which the model has not seen": rows["opened"] > end,
    }
    return first_reasons(rows, tests)


def _summed(kept: pd.DataFrame) -> pd.DataFrame:
    """Ports and places by state and network; what stands at one place is one site of a network."""
    grouped = kept.groupby(["state", "network"])
    return pd.DataFrame({"plugs": grouped["ports"].sum(), "sites": grouped["place"].nunique()})


def _in_table(shipped: pd.DataFrame, found: pd.DataFrame, states: list[str], reading: Reading) -> pd.DataFrame:
    """The shipped table with the year of the file in its states, and earlier years scaled if that is asked for."""
    counts = zip(found.index, found["plugs"], found["sites"], strict=True)
    now = {key: {"plugs": int(plugs), "sites": int(sites)} for key, plugs, sites in counts}
    rows = shipped.to_dict("records")
    before = {(row["state"], row["network"]): dict(row) for row in rows if row["year"] == reading.year}
    for row in rows:
        place = row["state"], row["network"]
        own = now.get(place, {"plugs": 0, "sites": 0})
        if row["state"] not in states:
            continue
        if row["year"] == reading.year:
            row.update(own, quality="secondary")
        elif row["year"] < reading.year and reading.earlier == "scale":
            usual = before[place]
            row.update({key: round(row[key] * own[key] / usual[key]) for key in own if usual[key]})
    return pd.DataFrame(rows)[list(shipped)]


def _sums(shipped: pd.DataFrame, own: pd.DataFrame, states: list[str], year: int) -> dict[str, tuple[float, float]]:
    before, after = (each[each["year"] == year].groupby("state")["plugs"].sum() for each in (shipped, own))
    found = {state: (float(before[state]), float(after[state])) for state in states}
    return {**found, "all states": (float(before.sum()), float(after.sum()))}


def _pipeline(planned: pd.DataFrame) -> list[str]:
    """Planned ports by the quarter in which they are expected."""
    quarter = planned["expected"].dt.to_period("Q").astype(str).where(planned["expected"].notna(), "no date")
    named = quarter + " " + planned["state"] + " " + planned["network"]
    return [f"{name}: {int(ports)}" for name, ports in planned["ports"].groupby(named).sum().items()]


def _networks(kept: pd.DataFrame) -> list[str]:
    summed = kept.groupby(kept["called"].where(kept["called"] != "", "none told"))["ports"].sum()
    largest = summed.sort_values(ascending=False, kind="stable").head(_NETWORKS_SHOWN)
    return [f"{name}: {int(ports):,}" for name, ports in largest.items()]


def _notes(file: ForeignTable, kept: pd.DataFrame, reading: Reading) -> list[str]:
    """What was assumed, in sentences."""
    private, together = int(kept["private"].sum()), len(kept) - kept["place"].nunique()
    notes = [
        f"The file stands for the end of {reading.year}; stations that have closed since then are not in it.",
        f"Rows are sites and counts are ports; {private:,} of the rows kept are private, as in the shipped table.",
        f"{together:,} rows share a place with another; their ports are summed.",
        "No column gives kW: ports of 50 and of 350 kW cannot be told apart.",
    ]
    assumed = {
        "status": (_STATUS, "all stations are taken to be in service"),
        "date of opening": (_OPENED, "all stations are taken to be open by then"),
        "network": (_NETWORK, "no station is taken for Tesla's"),
        "access": (_ACCESS, "all stations are taken to be public"),
        "fuel": (_FUEL, "all rows are taken to be for electric cars"),
        "ID": (_ID, "rows that stand twice are not found"),
        "coordinates": (_LATITUDE, "each row is a site"),
    }
    return notes + [
        f"There is no column of {what}: {then}." for what, (names, then) in assumed.items() if not file.has(names)
    ]
