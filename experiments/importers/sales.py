"""Sales of new cars by powertrain, a row a quarter or month, in place of the shipped record."""

from pathlib import Path

import pandas as pd

from experiments.errors import InputError
from experiments.importers.foreign_tables import ForeignTable, csv_table
from experiments.importers.receipt import Imported, counted_reasons, first_reasons, nothing_kept
from market.base import quarters, tables

_WHEN = ("quarter", "month", "date")
_POWERTRAIN, _SALES = ("powertrain",), ("sales", "cars", "vehicles")
_MONTHS = 3  # of a quarter
_YEAR_AND_MONTH = r"^([0-9]{4})-([0-9]{1,2})(?:-[0-9]{1,2})?$"


def import_sales(path: Path) -> Imported:
    """The table ``sales_by_powertrain`` with the quarters of a file in it; months are summed. Raises InputError."""
    file = csv_table(path)
    shipped = tables.load("sales_by_powertrain")
    rows = _rows(file, list(shipped["powertrain"].unique()))
    months = rows["month"] > 0
    parts = rows[months].groupby(["quarter", "powertrain"])["month"].transform("nunique")
    reasons = first_reasons(rows, {
        "no quarter or month": rows["quarter"] == "",
        "no powertrain of the model": rows["powertrain"] == "",
        "no number of cars": ~(rows["sales"] >= 0),
        "no quarter of the table; later ones the model has not seen": ~rows["quarter"].isin(shipped["quarter"]),
        "a quarter and powertrain that is there already": rows.duplicated(["quarter", "powertrain", "month"]),
        "a quarter without all its months": parts.reindex(rows.index).fillna(_MONTHS) != _MONTHS,
    })  # fmt: skip
    kept = rows[reasons == ""]
    if kept.empty:
        first, last = shipped["quarter"].iloc[0], shipped["quarter"].iloc[-1]
        raise nothing_kept(
            f"{path.name} has no sales of {first} to {last}", reasons, "give quarter, powertrain and sales"
        )
    own = kept.groupby(["quarter", "powertrain"])["sales"].sum().round().astype(int).to_dict()
    keys = list(zip(shipped["quarter"], shipped["powertrain"], strict=True))
    table = shipped.assign(sales=[own.get(key, sales) for key, sales in zip(keys, shipped["sales"], strict=True)])
    here = pd.Series([key in own for key in keys])
    sums = {
        str(name): (float(shipped["sales"][here & of].sum()), float(table["sales"][here & of].sum()))
        for name in shipped["powertrain"].unique()
        for of in [shipped["powertrain"] == name]
    }
    dropped = counted_reasons(reasons)
    note = "Sales by line, automaker and state stay as shipped: give their tables too, or they will not add up."
    return Imported(
        {"sales_by_powertrain": table}, len(rows), len(kept), dropped, "cars in the quarters given", sums, [note]
    )


def _rows(file: ForeignTable, powertrains: list[str]) -> pd.DataFrame:
    """Quarter, month (0 for a whole quarter), powertrain and cars; columns called by powertrains are theirs."""
    when = file.needed(_WHEN, "quarters or months")
    split = when.str.extract(_YEAR_AND_MONTH)
    month = pd.to_numeric(split[1], errors="coerce").fillna(0).astype(int)
    dated = split[0].fillna("") + "Q" + ((month + _MONTHS - 1) // _MONTHS).astype(str)
    quarter = dated.where((month >= 1) & (month <= 4 * _MONTHS), when).map(_quarter)
    month = month.where(month.between(1, 4 * _MONTHS), 0)
    if file.has(_POWERTRAIN):
        known = file.texts(_POWERTRAIN).str.upper().map({each: each for each in powertrains}).fillna("")
        sales = _cars(file, _SALES)
        return pd.DataFrame({"quarter": quarter, "month": month, "powertrain": known, "sales": sales})
    given = [each for each in powertrains if file.has([each])]
    if not given:
        raise InputError(f"{file.name} has no column of powertrains; give powertrain and sales, or one each")
    parts = [
        pd.DataFrame({"quarter": quarter, "month": month, "powertrain": each, "sales": _cars(file, [each])})
        for each in given
    ]
    return pd.concat(parts, ignore_index=True)


def _cars(file: ForeignTable, names: list[str] | tuple[str, ...]) -> pd.Series:
    """Numbers of cars; a blank is none told, not zero."""
    texts = file.needed(names, "sales")
    return file.numbers(texts).where(texts != "")


def _quarter(text: str) -> str:
    plain = text.replace(" ", "").replace("-", "").upper()
    try:
        quarters.index(plain)
    except ValueError:
        return ""
    return plain
