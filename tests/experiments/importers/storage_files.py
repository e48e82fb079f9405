"""Storage in Form EIA-860, its monthly form and PUDL's table as they are met in the field, made up."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from openpyxl import Workbook

COLUMNS = (
    "Utility ID", "Utility Name", "Plant Code", "Plant Name", "State", "County", "Generator ID", "Status", "Technology",
    "Prime Mover", "Nameplate Capacity (MW)", "Operating Month", "Operating Year", "Nameplate Energy Capacity (MWh)",
)  # fmt: skip
MONTHLY = (
    "Entity ID", "Entity Name", "Plant ID", "Plant Name", "Plant State", "Balancing Authority Code", "Generator ID",
    "Nameplate Capacity (MW)", "Technology", "Prime Mover Code", "Operating Month", "Operating Year", "Status",
)  # fmt: skip
BUILT = (
    # plant, unit, state, authority, mover, MW, year, MWh
    (1, "A", "TX", "ERCO", "BA", 100.0, 2022, 200.0),
    (1, "B", "TX", "ERCO", "BA", 50.0, 2024, 50.0),
    (2, "A", "TX", "MISO", "BA", 10.0, 2024, 40.0),
    (3, "A", "CA", "CISO", "BA", 200.0, 2024, " "),  # blank energy
    (4, "A", "AZ", " ", "BA", 20.0, 2023, 1_000.0),  # 50 hours; no authority
    (5, "A", "CA", "CISO", "PV", 999.0, 2024, " "),
    (6, "A", "CA", "CISO", "BA", 30.0, 2025, 120.0),
    (7, "A", "HI", " ", "BA", 5.0, 2024, 20.0),
)
PLANNED = (
    (8, "A", "TX", "ERCO", "BA", 300.0, 2026, "P"),
    (9, "A", "TX", "ERCO", "BA", 70.0, 2026, "IP"),  # postponed
    (9, "B", "CA", "CISO", "BA", 40.0, 2031, "T"),
)
NOTE = "NOTE: Data in this table are preliminary."
HOURS = (200.0 + 50.0 + 40.0 + 20.0) / (100.0 + 50.0 + 10.0 + 5.0)  # of the units with sound energy up to 2024
GW_2024 = {"ERCOT": 0.05, "MISO": 0.01, "CAISO": 0.2, "AK/HI": 0.005}


def annual(path: Path) -> Path:
    """The annual form: header in row 2, blanks that are a space, a note at the end."""
    built = [[9, "U", p, "Plant", s, "County", g, "OP", "Batteries" if m == "BA" else "Solar", m, mw, 6, y, e]
             for p, g, s, _, m, mw, y, e in BUILT]  # fmt: skip
    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]  # a new workbook has a sheet
    _sheet(book, "Operable", ["Form EIA-860"], COLUMNS, [*built[:4], *built[5:]], NOTE)
    _sheet(book, "Retired and Canceled", ["Form EIA-860"], COLUMNS, built[4:5], NOTE)
    book.save(path)
    return path


def monthly(path: Path, *, energy: bool = True) -> Path:
    """The monthly form: header in row 3, status with a code in brackets; earlier ones have no energy."""
    columns = [*MONTHLY, *(["Nameplate Energy Capacity (MWh)"] if energy else [])]
    built = [[9, "U", p, "Plant", s, a, g, mw, "Batteries" if m == "BA" else "Solar", m, 6, y, "(OP) Operating", e]
             for p, g, s, a, m, mw, y, e in BUILT]  # fmt: skip
    built = [row if energy else row[:-1] for row in built]
    planned = [[9, "U", p, "Plant", s, a, g, mw, "Batteries", m, 6, y, f"({c}) Planned"]
               for p, g, s, a, m, mw, y, c in PLANNED]  # fmt: skip
    renamed = [name.replace("Operating", "Planned Operation") for name in MONTHLY]
    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]  # a new workbook has a sheet
    _sheet(book, "Operating", ["Inventory", " "], columns, built, NOTE)
    _sheet(book, "Planned", ["Inventory", " "], renamed, planned, NOTE)
    _sheet(book, "Operating_PR", ["Inventory", " "], columns, built, NOTE)
    book.save(path)
    return path


def pudl(path: Path) -> Path:
    """PUDL's table of generators, with two reports of each unit."""
    rows = [
        {"report_date": f"{report}-01-01", "plant_id_eia": p, "generator_id": g, "state": s,
         "balancing_authority_code_eia": a.strip(), "prime_mover_code": m, "capacity_mw": mw if report == 2024 else 1.0,
         "generator_operating_date": f"{y}-06-01", "energy_capacity_mwh": str(e).strip()}
        for report in (2023, 2024) for p, g, s, a, m, mw, y, e in BUILT
    ]  # fmt: skip
    pd.DataFrame(rows).to_csv(path, index=False)
    return path


def _sheet(
    book: Workbook, name: str, above: Sequence[str], header: Sequence[str], rows: Sequence[Sequence[object]], note: str
) -> None:
    sheet = book.create_sheet(name)
    for line in (*([text] for text in above), list(header), *rows, [note]):
        sheet.append(line)
