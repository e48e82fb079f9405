"""Peak loads by region and year, in GW or MW, one row a year or one column a year."""

from pathlib import Path

import pandas as pd

from experiments.importers.foreign_tables import ForeignTable, csv_table
from experiments.importers.receipt import Imported, counted_reasons, first_reasons, nothing_kept
from market.base import tables

_REGION, _YEAR = ("region", "Balancing Authority", "ISO"), ("year",)
_GW, _MW = ("gw", "peak_gw", "Peak (GW)"), ("mw", "peak_mw", "Peak (MW)")


def import_peaks(path: Path) -> Imported:
    """The table ``peaks`` with the rows of a file in it; others stay as shipped. Raises InputError."""
    file = csv_table(path)
    rows = _rows(file)
    shipped = tables.load("peaks")
    regions = {region.upper(): region for region in shipped["region"].unique()}
    rows["region"] = rows["region"].str.upper().map(regions).fillna("")
    years = shipped["year"]
    tests = {
        "no region of the model": rows["region"] == "",
        "no peak above zero": ~(rows["gw"] > 0),
        "before the first year of the table": rows["year"] < years.min(),
        "after the last year of the table, which the model has not seen": rows["year"] > years.max(),
        "no year": rows["year"].isna(),
        "a region and year that is there already": rows.duplicated(["region", "year"]),
    }
    reasons = first_reasons(rows, tests)
    kept = rows[reasons == ""]
    if kept.empty:
        raise nothing_kept(
            f"{path.name} has no peak of {', '.join(regions.values())}", reasons, "give region, year and gw or mw"
        )
    own = dict(zip(zip(kept["region"], kept["year"].astype(int), strict=True), kept["gw"], strict=True))
    keys = list(zip(shipped["region"], shipped["year"], strict=True))
    table = shipped.assign(gw=[own.get(key, gw) for key, gw in zip(keys, shipped["gw"], strict=True)])
    dropped = counted_reasons(reasons)
    named = sorted({region for region, _ in own})
    sums = {each: _sum(each, own, shipped, table) for each in named}
    return Imported({"peaks": table}, len(rows), len(kept), dropped, "sum of peaks over the years given, GW", sums)


def _sum(
    region: str, own: dict[tuple[str, int], float], shipped: pd.DataFrame, table: pd.DataFrame
) -> tuple[float, float]:
    here = [(each, year) in own and each == region for each, year in zip(table["region"], table["year"], strict=True)]
    return float(shipped["gw"][here].sum()), float(table["gw"][here].sum())


def _rows(file: ForeignTable) -> pd.DataFrame:
    """Region, year and GW, a row each; columns called by years are years. Raises InputError."""
    region = file.needed(_REGION, "regions")
    by_year = [str(column) for column in file.frame if str(column).strip().isdecimal()]
    if by_year and not file.has(_YEAR):
        parts = [
            pd.DataFrame({"region": region, "year": float(year), "gw": file.numbers(file.texts([year]))})
            for year in by_year
        ]
        return pd.concat(parts, ignore_index=True)
    year = pd.to_numeric(file.needed(_YEAR, "years"), errors="coerce")
    in_mw = not file.has(_GW)
    gw = file.numbers(file.needed(_MW if in_mw else _GW, "peaks in GW or MW")) / (1e3 if in_mw else 1.0)
    return pd.DataFrame({"region": region, "year": year, "gw": gw})
