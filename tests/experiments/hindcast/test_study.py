"""A hindcast from two origins end to end, its folder, and how the command ends."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import experiments.hindcast.study as studies
from experiments.cli import app
from experiments.errors import InputError
from experiments.hindcast.files import folder_of, write_hindcast
from experiments.hindcast.rows import MODEL, Known
from experiments.hindcast.study import FEEDBACKS, Asked, Scored, hindcast_study
from experiments.hindcast.targets import COUNTRY, TARGETS, recorded, state_ratios
from market.base import quarters
from market.scenario import Scenario
from tests.experiments.hindcast.test_tables import made

RUNNER = CliRunner()
TWO = Asked(origins=("2019Q4", "2020Q1"), streams=2, feedbacks=())


@pytest.fixture(scope="module")
def small() -> tuple[Scored, list[tuple[int, int]]]:
    """Two origins, two streams, and the steps that were told."""
    told: list[tuple[int, int]] = []
    return hindcast_study(TWO, lambda _at, done, in_all: told.append((done, in_all))), told


def model_of(found: Scored, series: str, inputs: str) -> pd.DataFrame:
    """Strict rows of the model."""
    rows = found.forecasts
    own = rows[(rows["series"] == series) & (rows["method"] == MODEL) & (rows["version"] == "strict")]
    return own[own["inputs"] == inputs]


@pytest.mark.long
def test_every_origin_is_scored_with_both_inputs(small: tuple[Scored, list[tuple[int, int]]]) -> None:
    found, told = small
    for inputs in ("realized", "forecast"):
        own = model_of(found, "bev_share", inputs)
        assert own.groupby("origin")["horizon"].apply(list).to_dict() == {
            each: list(range(1, 9)) for each in TWO.origins
        }
    assert own[["low_95", "high_95"]].notna().all(axis=None)
    assert ((own["low_95"] < own["low_50"]) & (own["high_50"] < own["high_95"])).all()
    assert told[-1] == (4, 4)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


@pytest.mark.long
def test_yearly_series_are_forecast_from_the_end_of_a_year(small: tuple[Scored, list[tuple[int, int]]]) -> None:
    found, _ = small
    ports = model_of(found, "fast_ports", "forecast")
    assert list(zip(ports["origin"], ports["quarter"], strict=True)) == [("2019Q4", "2020Q4"), ("2019Q4", "2021Q4")]
    assert (ports["value"] / ports["recorded"]).between(0.5, 2.0).all()
    storage = model_of(found, "storage_gw", "forecast")
    assert storage.groupby("quarter")["place"].nunique().to_dict() == {"2020Q4": 11, "2021Q4": 11}
    regions = storage[storage["place"] != COUNTRY].groupby("quarter")["value"].sum()
    country = storage[storage["place"] == COUNTRY].set_index("quarter")["value"]
    assert regions.to_numpy() == pytest.approx(country.loc[regions.index].to_numpy())


@pytest.mark.long
def test_rules_stand_beside_the_model(small: tuple[Scored, list[tuple[int, int]]]) -> None:
    rows = small[0].forecasts
    methods = rows.groupby("series")["method"].unique().map(set).to_dict()
    every = {MODEL, "last_value", "same_season", "damped_trend"}
    assert methods["bev_share"] == every | {"logistic", "bass"}
    assert methods["new_sales"] == every
    assert methods["bev_share_by_maker"] == every | {"last_ranks"}
    assert methods["bev_share_by_state"] == {MODEL, "last_value", "last_ranks"}
    assert methods["fast_ports"] == {MODEL, "last_value", "damped_trend"}
    assert set(small[0].published["forecaster"]) >= {"EIA AEO2018 Reference", "BNEF EVO 2017"}
    assert (small[0].published["vintage"] <= small[0].published["origin"]).all()


@pytest.mark.long
def test_makers_and_states_add_up_to_the_country(small: tuple[Scored, list[tuple[int, int]]]) -> None:
    found, _ = small
    country = model_of(found, "bev_share", "forecast").set_index(["origin", "horizon"])["value"]
    makers = model_of(found, "bev_share_by_maker", "forecast").groupby(["origin", "horizon"])["value"].sum()
    assert makers.to_numpy() == pytest.approx(country.loc[makers.index].to_numpy())
    ranks = found.forecasts.query("method == 'last_ranks' and series == 'bev_share_by_state' and version == 'strict'")
    own = ranks[(ranks["inputs"] == "forecast") & (ranks["quarter"] == "2020Q4")].set_index("place")["value"]
    year = model_of(found, "bev_share_year", "forecast").query("quarter == '2020Q4' and origin == '2019Q4'")
    ratio = state_ratios().loc[2].to_numpy(np.float64)
    assert own.reindex(state_ratios().columns).to_numpy() == pytest.approx(float(year["value"].iloc[0]) * ratio)


@pytest.mark.long
def test_the_known_quarters_of_a_year_are_the_record(small: tuple[Scored, list[tuple[int, int]]]) -> None:
    year = model_of(small[0], "bev_share_year", "forecast").query("origin == '2020Q1' and quarter == '2020Q4'")
    ahead = model_of(small[0], "bev_share", "forecast").query("origin == '2020Q1' and horizon <= 3")
    record = recorded()
    shares = [float(record["bev_share", COUNTRY][quarters.index("2020Q1")]), *ahead["value"]]
    assert min(shares) < float(year["value"].iloc[0]) < max(shares)


def test_every_target_has_a_record_to_2024_and_none_after() -> None:
    found = recorded()
    assert {series for series, _ in found} == set(TARGETS)
    assert max(series.index.max() for series in found.values()) == quarters.LAST_RECORD
    assert all(series.index.max() == quarters.LAST_RECORD for series in found.values())
    makers = sum(series for (name, _), series in found.items() if name == "bev_share_by_maker")
    assert np.asarray(makers) == pytest.approx(found["bev_share", COUNTRY].to_numpy(), rel=1e-3)


def test_an_origin_knows_its_quarter_and_no_more() -> None:
    line = pd.Series([1.0, 3.0, 4.0, 8.0], index=[-1, 3, 7, 11])
    known = Known({("fast_ports", COUNTRY): line}, 7)
    assert known.of(("fast_ports", COUNTRY)).tolist() == [1.0, 3.0, 4.0]
    assert known.scale(("fast_ports", COUNTRY)) == pytest.approx(1.5)
    assert known.year_ends() == [11, 15]
    assert Known({}, 6).year_ends() == []
    assert Known({}, quarters.LAST_RECORD - 4).year_ends() == [quarters.LAST_RECORD]


def test_every_feedback_is_a_scenario() -> None:
    for changes in FEEDBACKS.values():
        assert Scenario().with_(**changes) != Scenario()


def test_the_folder_tells_of_its_tables(tmp_path: Path) -> None:
    paths = write_hindcast(tmp_path / "here", Scored.of(made()), TWO, "detour hindcast")
    told = json.loads((tmp_path / "here" / "hindcast.json").read_text(encoding="utf-8"))
    assert told["origins"] == list(TWO.origins)
    for name, digest in told["tables"].items():
        assert hashlib.sha256((tmp_path / "here" / f"{name}.csv").read_bytes()).hexdigest() == digest
    read = pd.read_csv(tmp_path / "here" / "forecasts.csv")
    pd.testing.assert_frame_equal(read, made(), rtol=1e-5, check_dtype=False)
    assert {path.name for path in paths} == {path.name for path in (tmp_path / "here").iterdir()}
    checked = RUNNER.invoke(app, ["verify", str(tmp_path / "here")])
    assert "5 tables of a hindcast from 2 origins are complete" in checked.output
    with (tmp_path / "here" / "scores.csv").open("a", encoding="utf-8") as file:
        file.write("more\n")
    changed = RUNNER.invoke(app, ["verify", str(tmp_path / "here")])
    assert changed.exit_code == 1
    assert "scores.csv is not the table that hindcast.json tells of" in changed.output
    (tmp_path / "here" / "scores.csv").unlink()
    assert "scores.csv is missing" in RUNNER.invoke(app, ["verify", str(tmp_path / "here")]).output
    assert folder_of(tmp_path, Asked()) == tmp_path / "hindcast"
    assert folder_of(tmp_path, TWO) != folder_of(tmp_path, Asked(origins=TWO.origins))


def replaced(monkeypatch: pytest.MonkeyPatch, study: Callable[..., Scored]) -> None:
    """Let a function stand in for minutes of runs."""
    monkeypatch.setattr(studies, "hindcast_study", study)


def test_the_command_says_what_it_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replaced(monkeypatch, lambda *_: Scored.of(made()))
    done = RUNNER.invoke(app, ["hindcast", "--origins", "2022Q1, 2021Q4", "--out", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert "2 origins, 8 streams each" in done.output
    assert "National BEV share 4 quarters ahead, inputs as forecast, all targets: 1.25 points off" in done.output
    (folder,) = tmp_path.iterdir()
    assert f"{folder / 'forecasts.csv'}" in done.output
    assert "--origins 2021Q4,2022Q1" in (folder / "README.md").read_text(encoding="utf-8")


def test_a_stop_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object) -> Scored:
        raise KeyboardInterrupt

    replaced(monkeypatch, stopped)
    done = RUNNER.invoke(app, ["hindcast", "--quick", "--out", str(tmp_path / "new")])
    assert done.exit_code == 130
    assert "Stopped; nothing was written" in done.output
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--origins", "2019Q3"], "--origins 2019Q3 is no origin; they are quarters from 2019Q4 to 2023Q4"),
        (["--origins", "2020Q1,2020Q1"], "--origins needs one quarter or more, each once"),
        (["--quick", "--origins", "2021Q4"], "--quick has three origins of its own; give either --quick or --origins"),
        (["--origins", ","], "--origins needs one quarter or more, each once"),
        (["--origins", "soon"], "'soon' is not a quarter; write it like 2024Q4"),
    ],
)
def test_bad_input_is_one_sentence(words: list[str], said: str, tmp_path: Path) -> None:
    done = RUNNER.invoke(app, ["hindcast", *words, "--out", str(tmp_path / "out")])
    assert done.exit_code == 2
    assert said in done.output
    assert len(done.output.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_streams_have_bounds() -> None:
    with pytest.raises(InputError, match="--streams is 65; allowed are 1 to 64"):
        Asked(streams=65)
