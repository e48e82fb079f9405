"""``import detour``: what an analyst does from Python."""

import subprocess
import sys
from pathlib import Path

import mesa
import numpy as np
import pandas as pd
import pytest

import detour
from agents.cells.line_decision import LineAction, LineSensing
from detour import names
from tests.detour.own_rules import StayAsPlanned

ROOT = Path(__file__).parents[2]
SMALL = {"fast_graph": True, "consumers": 500, "last_quarter": "2025Q4"}
MODULE = "tests.detour.own_rules"


@pytest.fixture(scope="module")
def base() -> detour.Run:
    return detour.run(detour.scenario("reference", run=SMALL), name="base")


@pytest.fixture(scope="module")
def stayed() -> detour.Run:
    return detour.run(detour.scenario("reference", run=SMALL), rules={"lines": StayAsPlanned()})


def in_another_process(program: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
    )  # fmt: skip


def test_importing_detour_loads_nothing_heavy(tmp_path: Path) -> None:
    heavy = "{'numpy', 'pandas', 'mesa', 'numba', 'matplotlib', 'market', 'agents', 'experiments'}"
    done = in_another_process(
        f"import sys, detour; print(sorted({heavy} & set(sys.modules)), detour.__version__)", tmp_path
    )
    assert done.stdout.split("]")[0] == "[", done.stderr


def test_every_public_name_is_there_and_others_are_told() -> None:
    assert all(getattr(detour, name) is not None for name in detour.__all__)
    with pytest.raises(AttributeError, match=r"detour has no 'runs'; it has .*run"):
        detour.runs  # noqa: B018 - the point


@pytest.mark.parametrize(
    ("groups", "sentence"),
    [
        ({"storage": {"data_center_factor": 300.0}}, "storage.data_center_factor is 300.0; allowed are 0 to 5"),
        (
            {"storage": {"data_centre_factor": 3.0}},
            "data_centre_factor is no parameter; did you mean 'data_center_factor'",
        ),
        ({"storag": {"data_center_factor": 3.0}}, "storag is no group of parameters; did you mean 'storage'"),
        ({"rules": {"lines": "optoin-value"}}, "did you mean 'option-value'"),
    ],
)
def test_a_change_out_of_bounds_or_misspelt_is_a_sentence(groups: dict[str, dict[str, object]], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        detour.scenario().with_(**groups)


def test_a_changed_scenario_leaves_the_first_as_it_was() -> None:
    first = detour.scenario()
    assert first.with_(storage={"data_center_factor": 3.0}).storage.data_center_factor == 3.0
    assert first == detour.scenario()


def test_the_national_table_has_periods_units_and_labels(base: detour.Run) -> None:
    assert isinstance(base.national.index, pd.PeriodIndex)
    assert str(base.national.index[0]) == "2017Q1"
    assert base.national.attrs["units"]["gasoline_usd_per_gallon"]
    assert base.national["bev_share_new"].attrs["units"]["bev_share_new"].startswith("share")
    axes = base.plot("bev_share_new")
    assert base.national.attrs["labels"]["bev_share_new"] in axes.get_ylabel()
    with pytest.raises(detour.InputError, match="bev_share_nw; did you mean bev_share_new"):
        base.plot("bev_share_nw")
    with pytest.raises(detour.InputError, match="nationl; did you mean national"):
        base.table("nationl")


def test_runs_say_what_they_are(base: detour.Run) -> None:
    assert repr(base).startswith("Run('base', seed=1, 500 consumers: ")
    assert base.result.manifest.results_version == detour.RESULTS_VERSION


def test_a_rule_given_as_an_object_decides_and_is_part_of_the_name(base: detour.Run, stayed: detour.Run) -> None:
    assert not len(stayed.table("line_changes"))
    assert len(base.table("line_changes"))
    assert stayed.result.manifest.own_rules["rules.lines"].startswith(f"{MODULE}.StayAsPlanned ")
    assert f"module {MODULE}" in (stayed.result.manifest.code or pytest.fail("no code")).parts
    again = detour.run(detour.scenario("reference", run=SMALL), rules={"lines": StayAsPlanned(patience=1)})
    assert len({base.name, stayed.name, again.name}) == 3


def test_a_rule_by_name_from_a_plugin_is_the_same_rule(stayed: detour.Run) -> None:
    named = detour.scenario("reference", run=SMALL, rules={"lines": "stay-as-planned"}, plugins={"modules": [MODULE]})
    with pytest.raises(detour.InputError, match="a file makes no code run by itself; allow it with"):
        detour.run(named)
    run = detour.run(named, allow_plugins=(MODULE,))
    pd.testing.assert_frame_equal(run.national, stayed.national, check_exact=True)


def test_scenarios_and_markets_show_what_differs_in_a_line(base: detour.Run) -> None:
    assert repr(base.scenario).endswith("run.last_quarter='2025Q4', run.consumers=500, run.fast_graph=True)")
    market = detour.Market(base.scenario, rng=2)
    assert repr(market).endswith(", seed 2, before the first quarter)")
    assert detour.scenario(base.scenario) == base.scenario


def test_what_is_no_rule_scenario_or_run_is_told_in_a_sentence(base: detour.Run, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(DESIGN, encoding="utf-8")
    with pytest.raises(detour.InputError, match="the rule given for lines is 'planned-use'; give what can be called"):
        detour.sweep(tmp_path / "mine.toml", out=tmp_path, rules={"lines": "planned-use"})
    with pytest.raises(detour.InputError, match="'reference' is no run; compare what detour"):
        detour.compare(base, "reference")  # type: ignore[arg-type]  # the point
    with pytest.raises(TypeError, match="parameters is 'reference'; give a Scenario"):
        detour.Market("reference")  # type: ignore[arg-type]  # the point
    with pytest.raises(ValueError, match="storage is 3; give its parameters by name"):
        detour.scenario(storage=3)  # type: ignore[arg-type]  # the point


def test_a_rule_that_gives_something_else_than_an_action_fails_the_run_in_a_sentence(base: detour.Run) -> None:
    with pytest.raises(detour.RunFailedError, match="the rule for lines gave 'convert'; it must give a LineAction"):
        detour.run(base.scenario, rules={"lines": lambda _: "convert"})


def test_a_rule_of_a_session_without_a_script_runs(tmp_path: Path) -> None:
    program = f"""import detour
from agents.cells.line_decision import LineAction
run = detour.run(detour.scenario(run={SMALL}), rules={{"lines": lambda _: LineAction.WAIT}})
print(len(run.table("line_changes")))
"""
    done = in_another_process(program, tmp_path)
    assert done.stdout.strip() == "0", done.stderr


def test_runs_are_compared_by_seed(base: detour.Run, stayed: detour.Run) -> None:
    compared = detour.compare(base, stayed)
    row = compared.differences("converted_gwh_cumulative_last").iloc[0]
    expected = [float(run.national["converted_gwh_cumulative"].iloc[-1]) for run in (stayed, base)]
    assert row["difference"] == pytest.approx(expected[0] - expected[1])
    assert compared.figure("policy_wedge", "converted_gwh_cumulative_last").axes
    assert "against base, 2 runs" in repr(compared)
    with pytest.raises(detour.InputError, match="two scenarios or more"):
        detour.compare(base, base)
    with pytest.raises(detour.InputError, match="bev_share_new_lst is no outcome of a run; did you mean"):
        compared.differences("bev_share_new_lst")


def test_a_run_that_was_saved_is_read_and_drawn(base: detour.Run, tmp_path: Path) -> None:
    again = detour.read(base.save(tmp_path))
    pd.testing.assert_frame_equal(again.national, base.national, check_exact=True)
    assert again.figure("bev_share").axes
    with pytest.raises(detour.InputError, match="bev_shar; did you mean bev_share"):
        again.figure("bev_shar")


def test_a_market_steps_by_hand_and_in_a_batch() -> None:
    given = detour.scenario(
        "reference", run={**SMALL, "origin": "2017Q4", "recorded_until": "2017Q4", "last_quarter": "2018Q1"}
    )
    market = detour.Market(parameters=given)
    market.step()
    assert market.quarter == 0
    rows = pd.DataFrame(mesa.batch_run(detour.Market, {"parameters": given}, max_steps=2, display_progress=False))
    assert np.isfinite(rows["bev_share_new"]).all()


DESIGN = """question = "What if lines stay?"
consumers = 500
replications = 2
[set]
"run.fast_graph" = true
"run.last_quarter" = "2025Q1"
"""


def test_a_study_with_two_workers_runs_with_a_rule_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(DESIGN, encoding="utf-8")
    study = detour.sweep(tmp_path / "mine.toml", out=tmp_path, workers=2, rules={"lines": StayAsPlanned()})
    assert (study.runs["converted_gwh_cumulative_last"] == 0.0).all()
    assert repr(study).startswith("Study('mine', 2 runs of 1 points, ")
    plain = detour.sweep(tmp_path / "mine.toml", out=tmp_path, workers=2)
    assert plain.folder != study.folder


def test_a_rule_that_workers_cannot_import_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(DESIGN, encoding="utf-8")

    def local(seen: LineSensing) -> LineAction:  # noqa: ARG001 - what every rule is shown
        return LineAction.WAIT

    with pytest.raises(detour.InputError, match="cannot be sent to workers; put it into a module of its own"):
        detour.sweep(tmp_path / "mine.toml", out=tmp_path, rules={"lines": local})
    program = f"""import detour
def stay(seen): return 0
try:
    detour.sweep({str(tmp_path / "mine.toml")!r}, out={str(tmp_path)!r}, rules={{"lines": stay}})
except detour.InputError as error:
    print(error)
"""
    done = in_another_process(program, tmp_path)
    assert "stay, is defined in __main__, which workers cannot import; put it into a module of its own" in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["mine.toml"]


def test_a_package_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "market").mkdir()
    (tmp_path / "market" / "__init__.py").touch()
    done = in_another_process("import detour", tmp_path)
    assert done.stderr.strip().splitlines()[-1] == (
        f"detour.names.NameTakenError: the import name market is taken by {tmp_path / 'market'}, and Detour needs it; "
        "give Detour an environment of its own, or start Python from another folder"
    )
    names.check_names()


@pytest.mark.parametrize("command", ["validate", "show", "report"])
def test_looking_at_a_file_with_plugins_runs_nothing(command: str, tmp_path: Path) -> None:
    (tmp_path / "nosy.py").write_text("from pathlib import Path\nPath('ran').touch()\n", encoding="utf-8")
    file = tmp_path / "mine.toml"
    file.write_text('question = "What?"\n[plugins]\nmodules = ["nosy"]\n[rules]\nlines = "mine"\n', encoding="utf-8")
    program = f"import sys; sys.argv = ['detour', {command!r}, {str(file)!r}]; from detour.command import main; main()"
    in_another_process(program, tmp_path)
    assert not (tmp_path / "ran").exists()
