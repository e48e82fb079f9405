"""Battery plants of a user's own join the shipped ones, with their towns and jobs."""

from pathlib import Path

import pandas as pd

from experiments.importers.foreign_tables import ForeignTable, csv_table
from experiments.importers.receipt import Imported, counted_reasons, first_reasons, nothing_kept
from market.base import tables

_FILLED = {
    "country": "US", "status": "announced", "start_quarter": "", "chemistry": "LFP", "built_for": "vehicles",
    "us_made": "1", "quality": "recalled", "maker": "open market",
}  # fmt: skip
"""What stands in columns that a file has not."""
_NEEDED = ("plant", "owner", "site", "state", "gwh_per_year", "announced")
_PLACE = ("latitude", "longitude")


def import_plants(path: Path) -> Imported:
    """The table ``plants`` with the rows of a file in it, of an equal name in place of the shipped one, and towns.

    Columns are called as in the table; ``latitude`` and ``longitude`` place towns that ``plant_towns`` has not, and
    ``jobs`` are those announced. Raises InputError.
    """
    file = csv_table(path)
    rows = _rows(file)
    towns = tables.load("plant_towns")
    known = set(zip(towns["site"], towns["state"], strict=True))
    new = pd.Series([town not in known for town in zip(rows["site"], rows["state"], strict=True)], index=rows.index)
    placed = rows[list(_PLACE)].notna().all(axis=1)
    states = set(tables.load("states")["state"])
    reasons = first_reasons(rows, {
        "no name": rows["plant"] == "",
        "a plant that is there already": rows["plant"].duplicated(),
        "no state of the 51": (rows["country"] == "US") & ~rows["state"].isin(states),
        "no capacity": ~(pd.to_numeric(rows["gwh_per_year"], errors="coerce") > 0),
        "a town without latitude and longitude": new & ~placed,
    })  # fmt: skip
    kept = rows[reasons == ""]
    if kept.empty:
        raise nothing_kept(
            f"{path.name} has no plant with a name, a capacity and a known town or its coordinates", reasons, "add them"
        )
    shipped = tables.load("plants")
    plants = pd.concat([shipped[~shipped["plant"].isin(kept["plant"])].astype(object), kept[list(shipped)]])
    added = kept[new[kept.index]].drop_duplicates(["site", "state"]).assign(quality="recalled")
    made = {"plants": plants, "plant_towns": pd.concat([towns.astype(object), added[list(towns)]])}
    jobs = kept[kept["jobs"] != ""].assign(quality="recalled")
    if not jobs.empty:
        held = tables.load("plant_jobs")
        others = held[~held["plant"].isin(jobs["plant"])].astype(object)
        made["plant_jobs"] = pd.concat([others, jobs[list(held)]])
    capacity = pd.to_numeric(plants["gwh_per_year"]).groupby(plants["state"]).sum()
    before = shipped.groupby("state")["gwh_per_year"].sum()
    sums = {state: (float(before.get(state, 0.0)), float(capacity[state])) for state in sorted(set(kept["state"]))}
    dropped = counted_reasons(reasons)
    filled = [
        f"There is no column {name}: {value or 'nothing'} is put in."
        for name, value in _FILLED.items()
        if not file.has([name])
    ]
    return Imported(made, len(rows), len(kept), dropped, "GWh a year by state", sums, filled)


def _rows(file: ForeignTable) -> pd.DataFrame:
    """The columns of the table, and of its towns and jobs."""
    found = {name: file.needed([name], name) for name in _NEEDED}
    for name, value in _FILLED.items():
        texts = file.texts([name])
        found[name] = texts if file.has([name]) else texts.map(lambda _, value=value: value)
    found["state"] = found["state"].str.upper()
    found["gwh_per_year"] = _as_written(file, found["gwh_per_year"])
    places = {name: file.degrees(file.texts([name])) for name in _PLACE}
    return pd.DataFrame({**found, **places, "jobs": _as_written(file, file.texts(["jobs"]))})


def _as_written(file: ForeignTable, texts: pd.Series) -> pd.Series:
    """Numbers as a table of a pack has them; what is none stays, so that the pack's check tells it."""
    numbers = file.numbers(texts)
    return texts.where((texts == "") | numbers.isna(), numbers.map("{:.15g}".format))
