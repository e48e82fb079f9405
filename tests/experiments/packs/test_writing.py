"""Packs as they are written: templates that are the shipped tables, notes with units, nothing overwritten."""

import re
from pathlib import Path

import pandas as pd
import pytest

from experiments.errors import InputError
from experiments.inputs.data_packs import checked_packs, read_note
from experiments.packs.difference import differences, sum_text
from experiments.packs.writing import Author, write_tables, write_template
from market.base import tables
from market.packs import NOT_OF_RUNS, STAY
from tests.experiments.nasty_text import NASTY
from tests.experiments.packs.own_packs import AUTHOR, ercot, ercot_pack


def test_a_template_of_every_table_is_the_shipped_one_and_passes_every_check(tmp_path: Path) -> None:
    folder = tmp_path / "all"
    held = [name for name in tables.names() if name not in NOT_OF_RUNS | STAY]
    for name in held:
        assert write_template(name, folder) == folder / f"{name}.csv"
        assert (folder / f"{name}.csv").read_bytes() == (tables.DATA / f"{name}.csv").read_bytes()
    notes, own = checked_packs([folder])
    assert list(notes[0].units) == held
    assert [(each.added, each.gone, each.changed) for each in differences(own)] == [([], [], [])] * len(held)


def test_what_is_there_is_never_overwritten_and_a_second_table_joins_the_note(tmp_path: Path) -> None:
    folder = ercot_pack(tmp_path / "mine")
    with (folder / "pack.toml").open("a", encoding="utf-8") as note:
        note.write("# mine\n")
    before = (folder / "net_cone.csv").read_bytes()
    with pytest.raises(InputError, match=r"net_cone.csv is there already and stays; move it away, or choose"):
        write_template("net_cone", folder)
    with pytest.raises(InputError, match=r"net_cone.csv is there already"):
        write_tables(folder, {"peaks": tables.load("peaks"), "net_cone": ercot(1.0)}, AUTHOR)
    assert not (folder / "peaks.csv").exists()
    write_template("peaks", folder)
    assert (folder / "net_cone.csv").read_bytes() == before
    assert "# mine\n" in (folder / "pack.toml").read_text(encoding="utf-8")
    note_now = read_note(folder)
    assert (note_now.by, list(note_now.units)) == ("A. Planner", ["net_cone", "peaks"])


@pytest.mark.parametrize("gone", [["net_cone"], ["net_cone", "peaks"]], ids=["one", "all"])
def test_a_table_that_was_deleted_is_written_again_and_stands_once_in_the_note(gone: list[str], tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    for name in ("net_cone", "peaks"):
        write_template(name, folder)
    note = (folder / "pack.toml").read_bytes()
    for name in gone:
        (folder / f"{name}.csv").unlink()
    for name in gone:
        write_template(name, folder)
    assert (folder / "pack.toml").read_bytes() == note
    assert sorted(checked_packs([folder])[1].frames) == ["net_cone", "peaks"]


def test_a_sum_is_written_with_thousands_and_never_with_an_exponent() -> None:
    found = [sum_text(value) for value in (3_301_860.0, 999_999.5, 999_999.4, 1_148.25, 0.5, -2_000_000.0)]
    assert found == ["3,301,860", "1,000,000", "999,999", "1,148.25", "0.5", "-2,000,000"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("net_con", "net_con is no table; did you mean net_cone?"),
        ("../net_cone", "../net_cone is no table"),
        ("trust_surveys", "table trust_surveys is none of a pack: no run reads it"),
        ("consumer_prices", "table consumer_prices is none of a pack: it stays as shipped in every run"),
    ],
    ids=["a slip", "a path", "idle", "of every run"],
)
def test_only_tables_that_a_pack_may_hold_have_a_template(tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(InputError, match=re.escape(words)):
        write_template(name, tmp_path / "mine")
    assert list(tmp_path.iterdir()) == []


def test_a_note_holds_any_text_of_its_author(tmp_path: Path) -> None:
    write_tables(tmp_path / "mine", {"net_cone": ercot()}, Author(NASTY, NASTY, NASTY))
    shown = "".join(char if char.isprintable() else " " for char in NASTY)
    note = read_note(tmp_path / "mine")
    assert (note.by, note.license, note.description) == (shown, shown, shown)


def test_a_difference_names_cells_rows_and_sums(tmp_path: Path) -> None:
    frame = tables.load("storage_mandates")
    own = frame.iloc[1:].assign(gw=lambda each: each["gw"].where(each.index != 1, each["gw"] + 0.5))
    added = frame.iloc[:1].assign(programme="own programme")
    folder = tmp_path / "mine"
    write_tables(folder, {"storage_mandates": pd.concat([own, added])}, AUTHOR)
    (found,) = differences(checked_packs([folder])[1])
    first, second = (frame.iloc[place] for place in (0, 1))
    assert found.added == [f"region {first['region']}, programme own programme, year {first['year']}"]
    assert found.gone == [f"region {first['region']}, programme {first['programme']}, year {first['year']}"]
    name = f"region {second['region']}, programme {second['programme']}, year {second['year']}"
    assert found.changed == [(name, "gw", second["gw"], second["gw"] + 0.5)]
    assert found.sums["gw"] == pytest.approx((frame["gw"].sum(), frame["gw"].sum() + 0.5))
    assert found.sentence == f"storage_mandates: {len(frame)} rows; 1 cells changed, 1 rows added, 1 gone"
