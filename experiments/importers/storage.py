"""Storage as EIA-860, 860M and PUDL list it becomes what was added a year and what is planned, by power region."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.errors import InputError
from experiments.importers.foreign_tables import ForeignTable, csv_table, sheet_table, sheets
from experiments.importers.power_regions import AUTHORITIES, states
from experiments.importers.receipt import Imported, counted_reasons, first_reasons, nothing_kept
from market.base import tables

_MW = ("Nameplate Capacity (MW)", "capacity_mw", "nameplate_capacity_mw")
_MWH = ("Nameplate Energy Capacity (MWh)", "energy_capacity_mwh", "nameplate_energy_capacity_mwh", "max_energy_mwh")
_STATE, _AUTHORITY = ("Plant State", "State"), ("Balancing Authority Code", "balancing_authority_code_eia")
_TECHNOLOGY = ("Technology", "technology_description")
_MOVER = ("Prime Mover Code", "Prime Mover", "prime_mover_code")
_STATUS = ("Status", "operational_status_code", "status_code")
_YEAR = ("Operating Year", "generator_operating_year")
_DATE = ("generator_operating_date", "operating_date")
_PLANNED = ("Planned Operation Year", "Current Year", "planned_operating_year")
_REPORT, _PLANT = ("report_year", "report_date"), ("Plant ID", "Plant Code", "plant_id_eia")
_GENERATOR = ("Generator ID", "generator_id")
_PIPELINE_STATUS = frozenset({"P", "L", "T", "U", "V", "TS"})
_SHEETS: Mapping[str, str] = {
    "operable": "built", "operating": "built", "retired": "built", "retired and canceled": "built",
    "proposed": "planned", "planned": "planned",
}  # fmt: skip
"""Sheets that count, by their names, and what stands in them; those of Puerto Rico do not."""
_MARK = "Nameplate Capacity (MW)"
_MOST_HOURS = 24.0  # of energy over power; more is a slip of the file
_LISTED = 40


def import_storage(path: Path) -> Imported:
    """Batteries by region: additions of the years and the pipeline of the shipped tables. Raises InputError."""
    file_rows = pd.concat([_rows(table, kind) for table, kind in _tables_of(path)], ignore_index=True)
    reasons = _reasons(file_rows)
    kept = file_rows[reasons == ""].copy()
    if kept.empty:
        raise nothing_kept(
            f"{path.name} has no batteries in a region of the United States", reasons, "give a table of generators"
        )
    notes, overstated = _fill_energy(kept, has_energy=bool(file_rows["has_energy"].any()))
    built, planned = kept[kept["kind"] == "built"], kept[kept["kind"] == "planned"]
    made = {}
    if not built.empty:
        made["storage_additions"] = _summed("storage_additions", built, ("gw", "gwh"))
    if not planned.empty:
        made["storage_pipeline"] = _summed("storage_pipeline", planned, ("gw",))
    return Imported(
        made, len(file_rows), len(kept),
        counted_reasons(reasons),
        "GW over all years of storage_additions and storage_pipeline",
        {f"{name} {region}": sums for name, frame in made.items() for region, sums in _sums(name, frame).items()},
        notes, {f"Energy above {_MOST_HOURS:g} hours, refused": overstated},
    )  # fmt: skip


def _tables_of(path: Path) -> list[tuple[ForeignTable, str]]:
    """Tables of a file and what stands in each. Raises InputError if there is none that counts."""
    if path.suffix.lower() not in (".xlsx", ".xlsm"):
        return [(csv_table(path), "built")]
    found = []
    for name, raw in sheets(path).items():
        kind = _SHEETS.get(name.strip().lower())
        if kind is not None:
            found.append((sheet_table(f"{path.name}, sheet {name}", raw, _MARK), kind))
    if not found:
        raise InputError(
            f"{path.name} has no sheet Operable, Operating, Proposed, Planned or Retired; give the workbook"
        )
    return found


def _rows(table: ForeignTable, kind: str) -> pd.DataFrame:
    """The columns that count, one row a row of the table."""
    mover, technology = table.texts(_MOVER).str.upper(), table.texts(_TECHNOLOGY).str.lower()
    told = table.has(_MOVER) or table.has(_TECHNOLOGY)
    when = table.texts(_PLANNED if kind == "planned" else _YEAR)
    dated = table.texts(_DATE).str[:4]
    status = table.texts(_STATUS).str.upper().str.extract(r"^\(?([A-Z]+)\)?", expand=False).fillna("")
    return pd.DataFrame({
        "kind": kind, "mw": table.numbers(table.needed(_MW, "power in MW")), "mwh": table.numbers(table.texts(_MWH)),
        "has_energy": table.has(_MWH), "year": pd.to_numeric(when.where(when != "", dated), errors="coerce"),
        "battery": (mover == "BA") | (technology == "batteries") if told else True, "status": status,
        "region": _regions(table), "report": table.texts(_REPORT),
        "plant": table.texts(_PLANT), "generator": table.texts(_GENERATOR),
        "blank": (table.frame.astype("object").map(lambda cell: str(cell).strip()) != "").sum(axis=1) <= 1,
    })  # fmt: skip


def _regions(table: ForeignTable) -> pd.Series:
    """Power region of each row: of its balancing authority, else of its state; nothing for neither."""
    state = table.needed(_STATE, "states").str.upper().map(states()).fillna("")
    authority = table.texts(_AUTHORITY).str.upper().map(AUTHORITIES).fillna("")
    return authority.where((authority != "") & (state != "AK/HI"), state)


def _reasons(rows: pd.DataFrame) -> pd.Series:
    """Why a row is dropped, the first reason that holds; nothing for rows that are kept."""
    years = {kind: tables.load(name)["year"] for kind, name in _TABLES.items()}
    last = rows["kind"].map({kind: int(each.max()) for kind, each in years.items()})
    first = rows["kind"].map({kind: int(each.min()) for kind, each in years.items()})
    newest = rows["report"].groupby([rows["plant"], rows["generator"]]).transform("max")
    tests: Mapping[str, pd.Series] = {
        "notes and empty rows": rows["blank"],
        "an earlier report of the same unit": (rows["report"] != "") & (rows["report"] < newest),
        "no batteries": ~rows["battery"].astype(bool),
        "no power": ~(rows["mw"] > 0),
        "planned, of no status of the pipeline": (rows["kind"] == "planned")
        & ~rows["status"].isin([*_PIPELINE_STATUS, ""]),
        "no region": rows["region"] == "",
        "no year": rows["year"].isna(),
        "before the first year of the table": rows["year"] < first,
        "after the last year of the table, which the model has not seen": rows["year"] > last,
    }
    reasons = first_reasons(rows, tests)
    named = rows[(reasons == "") & (rows["plant"] != "") & (rows["generator"] != "")]
    again = named.duplicated(["kind", "plant", "generator"])
    return reasons.mask(again.reindex(rows.index, fill_value=False), "a plant and unit that is there already")


_TABLES = {"built": "storage_additions", "planned": "storage_pipeline"}


def _fill_energy(kept: pd.DataFrame, *, has_energy: bool) -> tuple[list[str], list[str]]:
    """Put usual hours in where energy is blank or overstated; what was assumed, and the rows that were refused."""
    hours = kept["mwh"] / kept["mw"]
    over, built = hours > _MOST_HOURS, kept["kind"] == "built"
    listed = [
        f"plant {plant} unit {generator}: {mw:g} MW, {mwh:g} MWh"
        for plant, generator, mw, mwh in kept.loc[over, ["plant", "generator", "mw", "mwh"]].itertuples(index=False)
    ]
    sound = built & ~over & (kept["mwh"] > 0)
    if sound.any():
        usual = float(kept.loc[sound, "mwh"].sum() / kept.loc[sound, "mw"].sum())
        whence = "the mean of the others in the file"
    else:
        shipped = tables.load("storage_additions")
        usual = float(shipped["gwh"].sum() / shipped["gw"].sum())
        whence = "the mean of the shipped table"
    lacking = ~sound & built
    kept["mwh"] = kept["mwh"].mask(lacking, kept["mw"] * usual)
    notes = [f"{int(lacking.sum()):,} units without sound energy are given {usual:.2f} hours, {whence}."]
    if not has_energy:
        notes.append("The file has no column of MWh, as earlier monthly forms; the annual form has one.")
    notes.append("Regions that the file has no batteries of stay as shipped.")
    notes.append("MW is the AC nameplate; units are placed by balancing authority, else by state.")
    return notes, [*listed[:_LISTED], *([f"and {len(listed) - _LISTED:,} more"] if len(listed) > _LISTED else [])]


def _summed(name: str, rows: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    """A table in place of the shipped one: sums of the rows, GW and GWh; regions without a row stay as shipped."""
    shipped = tables.load(name)
    found = rows.assign(gw=rows["mw"] / 1e3, gwh=rows["mwh"] / 1e3).groupby(["region", "year"])[list(columns)].sum()
    keys = pd.MultiIndex.from_arrays([shipped["region"], shipped["year"].astype(np.float64)])
    values = found.reindex(keys).fillna(0.0).round(6)
    covered = shipped["region"].isin(set(rows["region"]))
    own = {column: shipped[column].mask(covered, pd.Series(values[column].to_numpy())) for column in columns}
    return shipped.assign(**own)


def _sums(name: str, own: pd.DataFrame) -> dict[str, tuple[float, float]]:
    before, after = (frame.groupby("region", sort=False)["gw"].sum() for frame in (tables.load(name), own))
    return {str(region): (float(before[region]), float(after[region])) for region in before.index}
