"""Files of charging stations: read whatever their layout, encoding and dates, with sums right to the port."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from experiments.errors import InputError
from experiments.importers.receipt import Imported, write_import
from experiments.importers.stations import Reading, import_stations
from experiments.inputs.data_packs import checked_packs
from market.base import tables
from tests.experiments.importers.station_files import LAYOUTS, Stations, national, stations
from tests.experiments.inputs.spoiling import spoilt, tree
from tests.experiments.packs.own_packs import AUTHOR

FILE = stations(600)
STATES = ("AZ", "NV")
CASES = 600
LONGEST_SENTENCE = 1_000


@pytest.fixture
def write(tmp_path: Path) -> Callable[[bytes | str], Path]:
    """Writer of a file of stations."""

    def written(content: bytes | str) -> Path:
        path = tmp_path / "stations.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


def ports(imported: Imported, year: int = 2024) -> dict[tuple[str, str], int]:
    frame = imported.tables["fast_sites"]
    rows = frame[(frame["year"] == year) & frame["state"].isin(STATES)]
    return {(row["state"], row["network"]): row["plugs"] for row in rows.to_dict("records")}


def expected(file: Stations = FILE) -> dict[tuple[str, str], int]:
    return {(state, name): file.ports(state, tesla=name == "Tesla") for state in STATES for name in ("Tesla", "other")}


TEXT = FILE.text()
BACKWARDS = FILE.rows.sort_index(ascending=False, kind="stable")
WITHOUT_STATUS = stations(600).rows.assign(**{"Status Code": "E"})
FORMS: dict[str, bytes] = {
    **{layout: FILE.text(layout).encode() for layout, (_, lacking) in LAYOUTS.items() if "Status Code" not in lacking},
    "names of the interface": FILE.text(api=True).encode(),
    "UTF-8 with a mark": TEXT.encode("utf-8-sig"),
    "Windows-1252": TEXT.encode("cp1252"),
    "encoded twice": TEXT.encode().decode("cp1252").encode(),
    "US dates": FILE.with_dates("%m/%d/%Y").text().encode(),
    "short US dates": FILE.with_dates("%m/%d/%y").text().encode(),
    "time stamps": FILE.with_dates("%Y-%m-%d 00:00:00 UTC").text().encode(),
    "semicolons": TEXT.replace('"', "").replace(", ", " ").replace(",", ";").encode(),
    "states by name": FILE.text().replace(",AZ,", ",Arizona,").encode(),
    "another order of rows": Stations(BACKWARDS).text().encode(),
}


@pytest.mark.parametrize("form", sorted(FORMS))
def test_the_same_stations_are_read_in_every_form_right_to_the_port(
    form: str, write: Callable[[bytes | str], Path]
) -> None:
    found = import_stations(write(FORMS[form]), Reading())
    assert ports(found) == expected()
    assert found.read == len(FILE.rows)
    assert found.kept + sum(found.dropped.values()) == found.read


def test_a_file_saved_anew_without_status_takes_all_stations_for_open_and_says_so(
    write: Callable[[bytes | str], Path],
) -> None:
    found = import_stations(write(Stations(WITHOUT_STATUS).text("61 columns")), Reading())
    assert ports(found) == expected(Stations(WITHOUT_STATUS))
    assert "There is no column of status: all stations are taken to be in service." in found.notes


@pytest.mark.parametrize(("column", "what"), [("State", "states"), ("EV DC Fast Count", "fast ports")])
def test_a_file_without_states_or_ports_is_refused_in_one_sentence(
    column: str, what: str, write: Callable[[bytes | str], Path]
) -> None:
    with pytest.raises(InputError, match=f"stations.csv has no column of {what}; give one called {column}"):
        import_stations(write(FILE.text(left_out=[column])), Reading())


def test_stations_at_one_place_are_summed_as_one_site_and_equal_ids_are_dropped(
    write: Callable[[bytes | str], Path],
) -> None:
    rows = FILE.rows.iloc[:3].assign(**{
        "Fuel Type Code": "ELEC", "Country": "US", "State": "AZ", "Status Code": "E", "EV Network": "EVgo Network",
        "EV DC Fast Count": ["4", "6", "8"], "Latitude": "33.1", "Longitude": "-112.1", "Open Date": "2020-01-01",
        "ID": ["1", "2", "2"],
    })  # fmt: skip
    found = import_stations(write(Stations(rows).text()), Reading())
    frame = found.tables["fast_sites"].set_index(["state", "network", "year"])
    assert [frame[column]["AZ", "other", 2024] for column in ("plugs", "sites")] == [10, 1]
    assert found.dropped == {"an ID that is there already": 1}


def test_blank_counts_are_zero_and_planned_stations_a_pipeline_at_their_date(
    write: Callable[[bytes | str], Path],
) -> None:
    found = import_stations(write(TEXT), Reading())
    planned = FILE.rows[(FILE.rows["Status Code"] == "P") & (FILE.rows["EV DC Fast Count"] != "")]
    planned = planned[(planned["Fuel Type Code"] == "ELEC") & (planned["Country"] == "US")]
    pipeline = found.listed["Pipeline: ports by quarter, state and network"]
    assert all(line.startswith("2025Q3 ") for line in pipeline)
    assert sum(int(line.rpartition(": ")[2]) for line in pipeline) == planned["EV DC Fast Count"].astype(int).sum()
    assert found.dropped["planned, listed as pipeline"] == len(planned)
    assert found.dropped["no fast ports"] > 0.7 * len(FILE.rows)


def test_other_states_stay_as_shipped_and_earlier_years_are_kept_or_scaled(
    write: Callable[[bytes | str], Path],
) -> None:
    shipped = tables.load("fast_sites")
    kept = import_stations(write(TEXT), Reading()).tables["fast_sites"]
    scaled = import_stations(write(TEXT), Reading(earlier="scale")).tables["fast_sites"]
    others = ~shipped["state"].isin(STATES)
    assert kept[others].equals(shipped[others])
    assert kept[shipped["year"] < 2024].equals(shipped[shipped["year"] < 2024])
    place = (shipped["state"] == "AZ") & (shipped["network"] == "other")
    before, now = (frame[place].set_index("year")["plugs"] for frame in (shipped, scaled))
    assert now[2024] == expected()["AZ", "other"]
    assert now[2020] == round(before[2020] * now[2024] / before[2024])


def test_stations_that_are_closed_for_a_time_count_if_asked_for(write: Callable[[bytes | str], Path]) -> None:
    paused = sum(ports(import_stations(write(TEXT), Reading(paused=True))).values())
    assert paused > sum(expected().values())


def test_an_import_is_a_pack_with_a_receipt_and_overwrites_nothing(
    tmp_path: Path, write: Callable[[bytes | str], Path]
) -> None:
    folder, file = tmp_path / "ports", write(TEXT)
    lines = write_import(folder, import_stations(file, Reading()), file, AUTHOR, "stations")
    own = checked_packs([folder])[1].frames["fast_sites"]
    assert own[own["year"] == 2024].set_index(["state", "network"])["plugs"]["AZ", "other"] == expected()["AZ", "other"]
    assert lines[0].startswith("stations.csv: 600 rows read, ")
    assert (folder / "import-stations.txt").read_text(encoding="utf-8").splitlines() == lines
    before = tree(folder)
    with pytest.raises(InputError, match="is there already and stays"):
        write_import(folder, import_stations(file, Reading()), file, AUTHOR, "stations")
    assert tree(folder) == before


def test_a_national_file_is_read_right_to_the_port(write: Callable[[bytes | str], Path]) -> None:
    file = national(80_000)
    found = import_stations(write(file.text()), Reading())
    assert found.read == 80_000
    assert found.sums["all states"][1] == file.in_service["ports"].sum()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"<!DOCTYPE html><html></html>", "is a web page and no table"),
        (b"<!-- saved -->\n<table></table>", "is a web page and no table"),
        (b"%PDF-1.7\n1 0 obj\n", "stations.csv is a PDF and no table; give a table as CSV"),
        (b"PK\x03\x04rest", "is a workbook; save its sheet as CSV"),
        ("State,EV DC Fast Count\n".encode("utf-16"), "is UTF-16 text"),
        (b"State,EV DC Fast Count\n", "has a header"),
        (b"State,EV DC Fast Count\nAZ,\n", "has no fast ports in service in any state"),
        (b"State\0,EV DC Fast Count\nAZ,1\n", "is no text of UTF-8 or Windows-1252"),
    ],
    ids=[
        "empty",
        "a page",
        "a part of a page",
        "a PDF",
        "a workbook",
        "UTF-16",
        "no rows",
        "no ports",
        "null characters",
    ],
)
def test_what_is_no_file_of_stations_is_told(content: bytes, words: str, write: Callable[[bytes | str], Path]) -> None:
    with pytest.raises(InputError, match=words):
        import_stations(write(content), Reading())


@pytest.mark.long
def test_spoilt_files_are_read_or_told_in_one_sentence(tmp_path: Path, write: Callable[[bytes | str], Path]) -> None:
    content, luck = stations(30).text("38 columns").encode(), random.Random(1)  # noqa: S311 - guards no secret
    told = 0
    for _ in range(CASES):
        file = write(spoilt(content, luck))
        before = tree(tmp_path)
        try:
            found = import_stations(file, Reading())
            assert found.kept + sum(found.dropped.values()) == found.read
            found.lines(file.name)
        except InputError as error:
            told += 0 < len(str(error)) < LONGEST_SENTENCE and "\n" not in str(error)
        else:
            told += 1
        assert tree(tmp_path) == before
    assert told == CASES
