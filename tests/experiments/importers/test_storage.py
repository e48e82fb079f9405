"""Storage of EIA-860, 860M and PUDL: headers in any of the first rows, blanks, notes, energy that cannot be."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from experiments.errors import InputError
from experiments.importers.power_regions import AUTHORITIES, states
from experiments.importers.receipt import Imported, write_import
from experiments.importers.storage import import_storage
from experiments.inputs.data_packs import checked_packs
from market.base import tables
from market.base.regular_files import MIB
from tests.experiments.importers.storage_files import GW_2024, HOURS, annual, monthly, pudl
from tests.experiments.inputs.spoiling import spoilt, tree
from tests.experiments.packs.own_packs import AUTHOR

FORMS: dict[str, tuple[str, Callable[[Path], Path]]] = {
    "annual": ("860.xlsx", annual), "monthly": ("860m.xlsx", monthly), "pudl": ("pudl.csv", pudl),
}  # fmt: skip
CASES = 300  # of either kind of file
LONGEST_SENTENCE = 1_000


def added(imported: Imported, column: str, year: int = 2024) -> dict[str, float]:
    frame = imported.tables["storage_additions"]
    return {row["region"]: row[column] for row in frame[frame["year"] == year].to_dict("records")}


@pytest.mark.parametrize("form", sorted(FORMS))
def test_additions_are_those_of_the_file_by_region_and_year(form: str, tmp_path: Path) -> None:
    """The annual form has no authorities, so that a plant of MISO in Texas counts for the region of most of Texas."""
    name, make = FORMS[form]
    found = import_storage(make(tmp_path / name))
    expected = {"ERCOT": 0.06, "CAISO": 0.2, "AK/HI": 0.005} if form == "annual" else GW_2024
    assert {region: gw for region, gw in added(found, "gw").items() if region in expected} == pytest.approx(expected)
    assert added(found, "gw", 2022)["ERCOT"] == pytest.approx(0.1)
    assert added(found, "gw", 2023)["West-nonISO"] == pytest.approx(0.02)
    assert added(found, "gwh")["AK/HI"] == pytest.approx(0.02)
    assert added(found, "gwh")["CAISO"] == pytest.approx(0.2 * HOURS, abs=1e-6)
    assert added(found, "gwh", 2023)["West-nonISO"] == pytest.approx(0.02 * HOURS, abs=1e-6)
    assert found.listed["Energy above 24 hours, refused"] == ["plant 4 unit A: 20 MW, 1000 MWh"]
    assert found.dropped["no batteries"] == 1
    assert found.dropped["after the last year of the table, which the model has not seen"] == 1 + (form == "monthly")
    assert found.kept + sum(found.dropped.values()) == found.read
    shipped = tables.load("storage_additions")
    here = shipped["region"] == "PJM"
    assert found.tables["storage_additions"][here].equals(shipped[here])
    assert "Regions that the file has no batteries of stay as shipped." in found.notes


def test_notes_at_the_end_of_sheets_are_dropped_and_an_earlier_report_gives_way(tmp_path: Path) -> None:
    assert import_storage(annual(tmp_path / "a.xlsx")).dropped["notes and empty rows"] == 2
    assert import_storage(pudl(tmp_path / "p.csv")).dropped["an earlier report of the same unit"] == 8


def test_a_unit_that_stands_twice_counts_once(tmp_path: Path) -> None:
    header = "Plant ID,Generator ID,Plant State,capacity_mw,Operating Year"
    rows = ["1,A,TX,,2024", "1,A,TX,100,2024", "1,A,TX,100,2024", "1,B,TX,50,2024", ",,TX,7,2024", ",,TX,7,2024"]
    (tmp_path / "own.csv").write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    found = import_storage(tmp_path / "own.csv")
    assert added(found, "gw")["ERCOT"] == pytest.approx(0.164)
    assert found.dropped == {"no power": 1, "a plant and unit that is there already": 1}


def test_of_monthly_reports_the_last_counts(tmp_path: Path) -> None:
    header = "report_date,plant_id_eia,generator_id,state,capacity_mw,generator_operating_date"
    rows = ["2024-11-01,1,A,TX,90,2024-06-01", "2024-12-01,1,A,TX,100,2024-06-01", "2024-10-01,1,A,TX,80,2024-06-01"]
    (tmp_path / "own.csv").write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    found = import_storage(tmp_path / "own.csv")
    assert added(found, "gw")["ERCOT"] == pytest.approx(0.1)
    assert found.dropped == {"an earlier report of the same unit": 2}


def test_planned_units_become_the_pipeline_by_their_status(tmp_path: Path) -> None:
    found = import_storage(monthly(tmp_path / "m.xlsx"))
    frame = found.tables["storage_pipeline"].set_index(["region", "year"])["gw"]
    assert frame["ERCOT", 2026] == pytest.approx(0.3)
    assert frame["ERCOT"].sum() == pytest.approx(0.3)
    assert found.dropped["planned, of no status of the pipeline"] == 1


def test_a_monthly_form_without_energy_is_told(tmp_path: Path) -> None:
    found = import_storage(monthly(tmp_path / "m.xlsx", energy=False))
    assert "The file has no column of MWh, as earlier monthly forms; the annual form has one." in found.notes
    shipped = tables.load("storage_additions")
    usual = shipped["gwh"].sum() / shipped["gw"].sum()
    assert added(found, "gwh")["ERCOT"] == pytest.approx(0.05 * usual, abs=1e-6)


def test_an_import_is_a_pack_that_passes_every_check(tmp_path: Path) -> None:
    file = monthly(tmp_path / "m.xlsx")
    write_import(tmp_path / "own", import_storage(file), file, AUTHOR, "storage")
    assert set(checked_packs([tmp_path / "own"])[1].frames) == {"storage_additions", "storage_pipeline"}


def test_every_authority_and_state_has_a_region_of_the_model() -> None:
    regions = set(tables.load("net_cone")["region"])
    assert set(AUTHORITIES.values()) | {"AK/HI"} == regions
    assert set(states()) == set(tables.load("states")["state"])
    assert set(states().values()) <= regions


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        (
            "m.xlsx",
            b"\n<!DOCTYPE html><html>not yet</html>",
            "m.xlsx is a web page and no table; the file was not there",
        ),
        ("m.xlsx", b"State,MW\n", "m.xlsx is no workbook"),
        ("m.xlsx", b"PK\x03\x04" + bytes(100), "m.xlsx cannot be read as a workbook"),
        ("m.csv", b"State,MW\nTX,1\n", "m.csv has no column of power in MW; give one called Nameplate Capacity"),
        ("m.csv", b"capacity_mw\n1\n", "m.csv has no column of states; give one called Plant State"),
        ("m.csv", b"State,capacity_mw\nTX,0\n", "m.csv has no batteries in a region of the United States"),
    ],
    ids=["a page", "text", "broken", "no power", "no states", "no batteries"],
)
def test_what_is_no_file_of_storage_is_told(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=words):
        import_storage(tmp_path / name)


@pytest.mark.long
@pytest.mark.parametrize("form", ["monthly", "pudl"])
def test_spoilt_files_are_read_or_told_in_one_sentence(form: str, tmp_path: Path) -> None:
    name, make = FORMS[form]
    path = make(tmp_path / name)
    content, luck = path.read_bytes(), random.Random(1)  # noqa: S311 - a test's random numbers guard no secret
    assert len(content) < MIB
    for _ in range(CASES):
        path.write_bytes(spoilt(content, luck))
        before = tree(tmp_path)
        sentence = sentence_of(path)
        assert sentence is None or (0 < len(sentence) < LONGEST_SENTENCE and "\n" not in sentence)
        assert tree(tmp_path) == before


def sentence_of(path: Path) -> str | None:
    """What is told of a file; None if it is read. Any other exception than that of wrong input passes."""
    try:
        import_storage(path)
    except InputError as error:
        return str(error)
    return None
