"""Data packs as scenarios, designs and notes give them: what is taken, what is refused, what a run is called by."""

import os
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from experiments.errors import InputError
from experiments.inputs.data_packs import checked_packs, read_note
from experiments.inputs.design import read_design
from experiments.inputs.factors import DesignError
from experiments.inputs.scenario_files import ScenarioError, load_scenario
from experiments.runs.manifest import parameters_sha256
from experiments.runs.own_code import NO_OWN_CODE
from experiments.states.key import state_key
from experiments.studies.job import Job
from experiments.studies.market_runs import market_model
from experiments.studies.plan import Plan, make_plan, with_files_of
from market.base.tables import TableError
from market.model import Market
from market.packs import MOST_BYTES
from market.scenario import Scenario
from tests.experiments.inputs.spoiling import spoilt, tree
from tests.experiments.packs.own_packs import changed, ercot, ercot_pack

CASES = 400  # spoilt files of either kind
LONGEST_SENTENCE = 1_000


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A pack in a folder of its own."""
    return ercot_pack(tmp_path / "ercot")


def scenario_file(folder: Path, packs: str, more: str = "") -> str:
    (folder / "mine.toml").write_text(f'question = "Why?"\n[data]\npacks = {packs}\n{more}', encoding="utf-8")
    return str(folder / "mine.toml")


def planned(folder: Path, text: str) -> Plan:
    (folder / "study.toml").write_text(f'question = "Why?"\n{text}', encoding="utf-8")
    design = read_design(folder / "study.toml")
    return make_plan("study", design, with_files_of(folder, market_model()), folder)


def test_a_scenario_file_names_packs_from_its_own_folder_and_so_does_one_that_extends_it(
    pack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = scenario_file(pack.parent, '["ercot"]')
    chosen = load_scenario(file).scenario
    assert chosen.data.folders == (pack,)
    assert chosen.data.sha256 == checked_packs([pack])[1].sha256
    (pack / "other.toml").write_text(f'question = "?"\nextends = "{file}"\n[buyers]\ntaste_sd_kusd = 8\n')
    assert load_scenario(str(pack / "other.toml")).scenario.data == chosen.data
    monkeypatch.chdir(pack.parent)
    assert load_scenario("reference", ["data.packs=ercot"]).scenario.data == chosen.data
    assert load_scenario("reference", data=["ercot"]).scenario.data == chosen.data


def test_packs_of_the_command_count_before_those_of_the_scenario(pack: Path) -> None:
    later = ercot_pack(pack.parent / "later", 150.0)
    both = load_scenario(scenario_file(pack.parent, '["ercot"]'), data=[later])
    assert both.scenario.data.folders == (pack, later)
    assert both.scenario.data.sha256 == checked_packs([later])[1].sha256
    assert both.changed
    again = load_scenario(scenario_file(pack.parent, '["ercot", "later", "ercot"]')).scenario
    assert again.data.folders == (later, pack)
    assert again.data.sha256 == checked_packs([pack])[1].sha256


def test_a_hash_in_a_scenario_pins_what_its_packs_hold(pack: Path) -> None:
    found = checked_packs([pack])[1].sha256
    pinned = scenario_file(pack.parent, '["ercot"]', f'sha256 = "{found}"\n')
    assert load_scenario(pinned).scenario.data.sha256 == found
    changed(pack, 150.0)
    with pytest.raises(ScenarioError, match=f"instead of {found[:12]}; restore them, or leave data.sha256 out"):
        load_scenario(pinned)
    with pytest.raises(ScenarioError, match=f"instead of {found[:12]}; restore them"):
        load_scenario(pinned, data=[ercot_pack(pack.parent / "later", 150.0)])
    with pytest.raises(ScenarioError, match=r"data.sha256 is given without data.packs; name the folders too"):
        load_scenario("reference", [f"data.sha256={found}"])


def test_runs_are_called_by_what_packs_hold_and_not_by_where_they_lie(pack: Path) -> None:
    usual = Scenario()
    own = load_scenario("reference", data=[pack]).scenario
    moved = load_scenario("reference", data=[ercot_pack(pack.parent / "moved")]).scenario
    other = load_scenario("reference", data=[ercot_pack(pack.parent / "other", 150.0)]).scenario
    hashes = [parameters_sha256(each) for each in (usual, own, moved, other)]
    keys = [state_key(each, 1, NO_OWN_CODE) for each in (usual, own, moved, other)]
    jobs = [Job("market", market_model().content("reference", values), 1).identity for values in (
        {}, {"data.packs": str(pack)}, {"data.packs": str(pack.parent / "moved")},
        {"data.packs": str(pack.parent / "other")},
    )]  # fmt: skip
    for found in (hashes, keys, jobs):
        assert found[1] == found[2]
        assert len(set(found)) == 3


def test_without_packs_nothing_of_them_is_part_of_a_run(tmp_path: Path) -> None:
    content = market_model().content("reference", {})
    assert not [name for name in content if name.startswith("data.")]
    plan = planned(tmp_path, "mean_field = true\n")
    assert "data" not in plan.design.model_dump()
    assert plan.design.set == {}


def test_own_data_against_the_shipped_is_one_study(pack: Path) -> None:
    plan = planned(pack.parent, 'replications = 2\n[factors]\n"data.packs" = ["", "ercot"]\n')
    assert [dict(point.factors) for point in plan.points] == [{"data.packs": ""}, {"data.packs": "ercot"}]
    assert ["data.sha256" in point.content for point in plan.points] == [False, True]
    assert plan.points[1].content["data.packs"] == str(pack)
    file = Path(scenario_file(pack.parent, '["ercot"]')).name
    beside = planned(pack.parent, f'scenarios = ["reference", "{file}"]\n')
    assert [point.content.get("data.sha256") for point in beside.points] == [
        None, plan.points[1].content["data.sha256"],
    ]  # fmt: skip


def test_packs_of_a_design_are_those_of_all_its_runs(pack: Path) -> None:
    plan = planned(pack.parent, '[data]\npacks = ["ercot"]\n[factors]\n"storage.data_center_factor" = [1, 2]\n')
    assert len({point.content["data.sha256"] for point in plan.points}) == 1
    for text in ('[data]\nfolder = "ercot"\n', "data = 3\n", "[data]\npacks = [1]\n", '[data]\npacks = "ercot"\n'):
        with pytest.raises(DesignError, match=r"study.toml: data names folders of data packs; write"):
            planned(pack.parent, text)
    with pytest.raises(DesignError, match=r"data.packs stands under \[set\] too"):
        planned(pack.parent, '[data]\npacks = ["ercot"]\n[set]\n"data.packs" = "ercot"\n')


def test_a_pack_that_is_changed_after_a_scenario_was_loaded_is_refused_by_its_run(pack: Path) -> None:
    chosen = load_scenario("reference", ["run.mean_field=true"], [pack]).scenario
    changed(pack, 150.0)
    with pytest.raises(TableError, match="name them anew with --data, or restore them"):
        Market(chosen)


def a_link(pack: Path) -> None:
    (pack / "net_cone.csv").rename(pack.parent / "elsewhere.csv")
    (pack / "net_cone.csv").symlink_to(pack.parent / "elsewhere.csv")


def a_linked_note(pack: Path) -> None:
    (pack / "pack.toml").rename(pack.parent / "elsewhere.toml")
    (pack / "pack.toml").symlink_to(pack.parent / "elsewhere.toml")


def a_pipe(pack: Path) -> None:
    (pack / "net_cone.csv").unlink()
    os.mkfifo(pack / "net_cone.csv")


def too_large(pack: Path) -> None:
    with (pack / "net_cone.csv").open("r+b") as file:
        file.truncate(MOST_BYTES + 1)


def edit(name: str, old: bytes, new: bytes) -> Callable[[Path], None]:
    def change(pack: Path) -> None:
        content = (pack / name).read_bytes()
        assert old in content
        (pack / name).write_bytes(content.replace(old, new, 1))

    return change


def narrower(pack: Path) -> None:
    ercot().drop(columns="quality").to_csv(pack / "net_cone.csv", index=False)


def rename(pack: Path) -> None:
    (pack / "net_cone.csv").rename(pack / "net_cones.csv")


def idle(pack: Path) -> None:
    (pack / "net_cone.csv").rename(pack / "trust_surveys.csv")


def empty(pack: Path) -> None:
    (pack / "net_cone.csv").unlink()


TABLE, NOTE = "net_cone.csv", "pack.toml"
HOSTILE: dict[str, tuple[Callable[[Path], None], str]] = {
    "a link": (a_link, "net_cone.csv is a link; put the file itself there"),
    "a linked note": (a_linked_note, "has no file pack.toml of its own"),
    "a pipe": (a_pipe, "net_cone.csv cannot be read (it is a pipe, no regular file)"),
    "a huge file": (too_large, "net_cone.csv cannot be read (it is larger than 32 MiB)"),
    "no table": (empty, "holds no table; add one"),
    "an unknown table": (rename, "net_cones.csv is no table; did you mean 'net_cone'?"),
    "a table no run reads": (idle, "trust_surveys.csv changes nothing, no run reads it; take it out"),
    "another encoding": (edit(TABLE, b"ERCOT", b"ERC\xd6T"), "net_cone.csv: byte 0xd6 in line 3 is not UTF-8 text"),
    "UTF-16": (edit(TABLE, b"region", b"\xff\xfer"), "net_cone.csv: it is UTF-16 text; save it as CSV UTF-8"),
    "null characters": (edit(TABLE, b"ERCOT", b"ER\0OT"), "it holds null characters"),
    "an unknown column": (edit(TABLE, b"basis", b"bases"), "has a column 'bases'; did you mean 'basis'?"),
    "a column twice": (edit(TABLE, b"quality", b"basis"), "table net_cone has no column quality; add it, in word"),
    "a missing column": (narrower, "has no column quality; add it, in word"),
    "NaN": (edit(TABLE, b"175.0", b"nan"), "column usd_per_kw_year_2025, line 3: the value is not a number"),
    "an open quote": (edit(TABLE, b"ERCOT", b'"ERCOT'), "table net_cone: it is no CSV table"),
    "a key twice": (edit(NOTE, b'name = "ercot"', b'name = "ercot"\nname = "b"'), "the file is not TOML"),
    "no license": (edit(NOTE, b'license = "CC BY 4.0"\n', b""), "pack.toml: license is missing; say who made"),
    "an unknown key": (edit(NOTE, b"license =", b"licence ="), "licence is no key of it; did you mean license?"),
    "no unit": (edit(NOTE, b'basis = "name"\n', b""), "pack.toml gives no unit of net_cone.basis; `detour data"),
    "another unit": (edit(NOTE, b"2025 USD per kW", b"2025 USD per MW"), "'2025 USD per kW and year': convert the"),
    "units of no table": (edit(NOTE, b"[units.net_cone]", b"[units.x]\n[units.net_cone]"), "there is no x.csv; add"),
    "a date that is none": (edit(NOTE, b"date = 20", b'date = "x"\n# 20'), "date: input should be a valid date"),
    "deep": (edit(NOTE, b"[units.net_cone]", b"[" + b"a." * 500 + b"a]"), "has more than 20 parts joined by points"),
}


@pytest.mark.parametrize("fault", sorted(HOSTILE))
def test_a_hostile_pack_is_told_in_one_sentence_and_stays_as_it_is(pack: Path, fault: str) -> None:
    spoil, words = HOSTILE[fault]
    spoil(pack)
    before = sorted(pack.iterdir())
    with pytest.raises(InputError, match=re.escape(words)) as told:
        checked_packs([pack])
    assert "\n" not in str(told.value)
    assert len(str(told.value)) < LONGEST_SENTENCE
    assert sorted(pack.iterdir()) == before
    with pytest.raises(ScenarioError):
        load_scenario("reference", data=[pack])


def test_column_names_without_end_are_told_in_few_words(pack: Path) -> None:
    edit(TABLE, b"basis", b"b" * 100_000)(pack)
    with pytest.raises(InputError, match=r"has a column 'b{40}...'") as told:
        checked_packs([pack])
    assert len(str(told.value)) < LONGEST_SENTENCE


FOLDERS = {"gone": "no-such", "comma": "a,b", "line": "new\nline", "long": "x" * 2_000, "null": "nul\0"}


@pytest.mark.parametrize("name", list(FOLDERS))
def test_a_folder_that_is_none_is_told_in_one_sentence(pack: Path, name: str) -> None:
    with pytest.raises(InputError, match=r"data pack .*(is no folder|name a folder without commas)") as told:
        load_scenario("reference", data=[pack / FOLDERS[name]])
    assert "\n" not in str(told.value)


def sentence_of(pack: Path) -> str | None:
    """What is told of a pack; None if it is taken. Any other exception than that of wrong input passes."""
    try:
        checked_packs([pack])
    except InputError as error:
        return str(error)
    return None


@pytest.mark.parametrize("name", [TABLE, NOTE])
def test_spoilt_packs_are_read_or_told_in_one_sentence(pack: Path, name: str) -> None:
    content, luck = (pack / name).read_bytes(), random.Random(1)  # noqa: S311 - a test's random numbers guard no secret
    refused = 0
    for _ in range(CASES):
        (pack / name).write_bytes(spoilt(content, luck))
        before = tree(pack)
        sentence = sentence_of(pack)
        assert sentence is None or 0 < len(sentence) < LONGEST_SENTENCE
        assert tree(pack) == before
        refused += sentence is not None
    assert refused > CASES / 2
    (pack / name).write_bytes(content)
    assert read_note(pack).name == "ercot"
