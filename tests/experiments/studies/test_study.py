"""A study is carried out: what is made, what is kept, what is made again, and when it stops."""

from pathlib import Path

import pytest

from experiments.commands.study_progress import progress_text
from experiments.errors import InputError, RunFailedError
from experiments.studies.earlier_runs import Asked
from experiments.studies.engine import Shard
from experiments.studies.plan import make_plan
from experiments.studies.stop_rule import half_width
from experiments.studies.study import Counts, carry_out
from experiments.studies.study_files import read_tables
from experiments.studies.verify import verified
from tests.experiments.study_makers import HereEngine, carried_out, unheard
from tests.experiments.toy_model import TOY, design

ROOT = Path(__file__).parents[3]
X = [0.5, 1.0, 1.5, 2.0]
SMALL = design(factors={"toy.x": X}, replications=2)
FAILING = design(factors={"toy.word": ["calm", "raises", "odd"]}, replications=2)


def table_bytes(folder: Path) -> tuple[bytes, bytes]:
    return (folder / "runs.parquet").read_bytes(), (folder / "quarters.parquet").read_bytes()


def test_the_tables_have_a_row_a_run_in_the_order_of_the_design(tmp_path: Path) -> None:
    done = carried_out(tmp_path, design(scenarios=["reference", "higher"], factors={"toy.on": [True]}, replications=2))
    manifest, tables = read_tables(tmp_path)
    runs = tables["runs"]
    assert list(runs) == [
        "point", "scenario", "toy.on", "replication", "seed", "status", "error", "identity", "total_last", "noise_last",
    ]  # fmt: skip
    assert list(runs["scenario"]) == ["reference", "reference", "higher", "higher"]
    assert list(runs["seed"]) == [1, 2, 1, 2]
    assert set(runs["status"]) == {"done"}
    assert list(runs["total_last"] - runs["noise_last"]) == pytest.approx([2.0, 2.0, 4.0, 4.0])
    quarters = tables["quarters"]
    assert list(quarters["total"]) == pytest.approx(
        [each for total in runs["total_last"] for each in (total / 2, total)]
    )
    assert done.complete
    assert done.failures == []
    assert manifest.tables.keys() == tables.keys()
    assert "Make it again: `" in (tmp_path / "README.md").read_text(encoding="utf-8")


def test_tables_do_not_depend_on_the_order_runs_are_made_in(tmp_path: Path) -> None:
    for name, engine in (("there", HereEngine()), ("back", HereEngine(backwards=True))):
        carried_out(tmp_path / name, SMALL, engine)
    assert table_bytes(tmp_path / "there") == table_bytes(tmp_path / "back")


def test_a_finished_study_makes_nothing_again_and_a_larger_one_only_what_is_new(tmp_path: Path) -> None:
    carried_out(tmp_path, SMALL)
    again, more = HereEngine(), HereEngine()
    before = table_bytes(tmp_path)
    assert carried_out(tmp_path, SMALL, again).counts == Counts(8, cached=8)
    assert again.made == []
    assert table_bytes(tmp_path) == before
    carried_out(tmp_path, design(factors={"toy.x": [*X, 2.5]}, replications=3), more)
    assert len(more.made) == 15 - 8
    carried_out(tmp_path / "new", design(factors={"toy.x": [*X, 2.5]}, replications=3))
    assert table_bytes(tmp_path) == table_bytes(tmp_path / "new")


def test_two_points_that_are_the_same_run_are_made_once(tmp_path: Path) -> None:
    engine = HereEngine()
    given = design(design={"kind": "one-at-a-time"}, factors={"toy.x": [1.0, 3.0], "toy.on": [True, False]})
    carried_out(tmp_path, given, engine)
    assert len(engine.made) == 3
    assert list(read_tables(tmp_path)[1]["runs"]["toy.x"]) == [1.0, 1.0, 3.0, 1.0, 1.0]


def test_a_stopped_study_goes_on_where_it_was(tmp_path: Path) -> None:
    def stop(counts: Counts) -> None:
        if counts.done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        carry_out(make_plan("study", SMALL, TOY), tmp_path, HereEngine(), stop)
    assert not (tmp_path / "runs.parquet").exists()
    with pytest.raises(RunFailedError, match="5 of 8 runs are missing"):
        verified(tmp_path)
    assert carried_out(tmp_path, SMALL).counts == Counts(8, done=5, cached=3)
    carried_out(tmp_path / "undisturbed", SMALL)
    assert table_bytes(tmp_path) == table_bytes(tmp_path / "undisturbed")


def test_a_failed_run_is_a_row_with_its_error_and_seed_and_is_made_again_only_if_asked(tmp_path: Path) -> None:
    done = carried_out(tmp_path, FAILING)
    assert done.counts == Counts(6, done=2, failed=4)
    runs = read_tables(tmp_path)[1]["runs"]
    assert list(runs["status"]) == ["done"] * 2 + ["failed"] * 4
    assert (
        list(runs["error"])
        == ["", ""]
        + ["ValueError: the word is raises"] * 2
        + ["outcomes too many or missing: noise_last, quarter, total"] * 2
    )
    assert runs["total_last"].isna().tolist() == [False] * 2 + [True] * 4
    assert done.failures[0] == ("reference", 1, "ValueError: the word is raises")
    left, again = HereEngine(), HereEngine()
    assert carried_out(tmp_path, FAILING, left).counts == Counts(6, cached=6)
    carry_out(make_plan("study", FAILING, TOY), tmp_path, again, unheard, asked=Asked(retry_failed=True))
    assert (len(left.made), len(again.made)) == (0, 4)
    assert "6 runs (4 failed)" in verified(tmp_path)


def test_a_study_in_which_everything_failed_still_has_its_table(tmp_path: Path) -> None:
    carried_out(tmp_path, design(factors={"toy.word": ["raises"]}))
    assert read_tables(tmp_path)[1]["runs"]["total_last"].isna().all()


def test_shards_make_every_run_once_and_the_last_writes_the_tables(tmp_path: Path) -> None:
    engines = [HereEngine() for _ in range(3)]
    plan = make_plan("study", SMALL, TOY)
    complete = [
        carry_out(plan, tmp_path / "shared", engine, unheard, shard=Shard(index, 3)).complete
        for index, engine in enumerate(engines, start=1)
    ]
    assert complete == [False, False, True]
    made = [identity for engine in engines for identity in engine.made]
    assert (len(made), len(set(made))) == (8, 8)
    carried_out(tmp_path / "alone", SMALL)
    assert table_bytes(tmp_path / "shared") == table_bytes(tmp_path / "alone")


@pytest.mark.parametrize("written", ["2", "0/3", "4/3", "a/3", "1/0", "-1/3"])
def test_a_wrong_shard_is_told(written: str) -> None:
    with pytest.raises(InputError, match=f"--shard is {written}; write it like 2/8"):
        Shard.read(written)
    assert Shard.read("2/8") == Shard(2, 8)


STOPPING = {"outcome": "noise_last", "half_width": 0.35, "at_least": 3}


def test_a_stop_rule_ends_when_the_interval_is_narrow_and_resumes_to_the_same_bytes(tmp_path: Path) -> None:
    asked = design(factors={"toy.x": [1.0, 2.0]}, replications=60, stop=STOPPING)
    carried_out(tmp_path, asked)
    runs = read_tables(tmp_path)[1]["runs"]
    made = runs["replication"].max() + 1
    noise = runs[runs["point"] == 0]["noise_last"].to_numpy()
    assert 3 < made < 60
    assert half_width(noise, 0.9) <= 0.35
    assert all(half_width(noise[:n], 0.9) > 0.35 for n in range(3, made))
    before = table_bytes(tmp_path)
    again = HereEngine()
    carried_out(tmp_path, asked, again)
    assert again.made == []
    assert table_bytes(tmp_path) == before


def test_a_stop_rule_on_the_paired_difference_ends_at_once_where_luck_cancels(tmp_path: Path) -> None:
    rule = {"outcome": "total_last", "half_width": 1e-9, "at_least": 3, "difference": True}
    carried_out(tmp_path, design(scenarios=["reference", "higher"], replications=60, stop=rule))
    assert read_tables(tmp_path)[1]["runs"]["replication"].max() + 1 == 3


def test_a_stop_rule_never_ends_early_on_a_failed_run_and_does_not_go_with_shards(tmp_path: Path) -> None:
    rule = {**STOPPING, "half_width": 100.0}
    carried_out(tmp_path, design(factors={"toy.word": ["calm", "raises"]}, replications=5, stop=rule))
    assert read_tables(tmp_path)[1]["runs"]["replication"].max() + 1 == 5
    plan = make_plan("study", design(replications=5, stop=rule), TOY)
    with pytest.raises(InputError, match="a stop rule needs all runs in one place"):
        carry_out(plan, tmp_path, HereEngine(), unheard, shard=Shard(1, 2))


def test_progress_says_done_failed_cached_rate_and_time_left() -> None:
    assert progress_text(Counts(100, done=18, failed=2, cached=40), 60.0) == (
        "60 of 100 runs: 18 done, 2 failed, 40 cached, 20 a minute, about 2 min left"
    )
    assert (
        progress_text(Counts(4, cached=3, damaged=1), 1.0)
        == "3 of 4 runs: 0 done, 0 failed, 3 cached, 1 damaged and rerun"
    )
