"""A calibration from end to end with a model that costs nothing, and one evaluation of the true one."""

import json
import math
from pathlib import Path

import pandas as pd
import pytest

from experiments.calibration import waves
from experiments.calibration.calibrate import MANIFEST, Sizes, calibrate
from experiments.calibration.evaluation import STATISTICS, Evaluation
from experiments.calibration.priors import names
from experiments.errors import InputError
from experiments.inputs.parameter_list import counted
from experiments.runs.provenance import here
from experiments.studies.job import own_modules
from experiments.studies.local_engine import LocalEngine
from experiments.studies.study import Counts
from market.scenario import Scenario
from tests.experiments.calibration import cheap_model

SIZES = Sizes(first=40, second=10, draws=50, checked=5)


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waves, "evaluation_model", cheap_model.model)


def _told(_counts: Counts) -> None:
    pass


@pytest.mark.usefixtures("cheap")
def test_a_calibration_finds_what_its_targets_tell_and_resumes(tmp_path: Path) -> None:
    found = calibrate(tmp_path, SIZES, LocalEngine(2), _told)
    known = found.tables["parameters"].set_index("parameter")["sd_ratio"]
    assert known["buyers.alpha_powertrain"] < 0.8
    assert known["operators.discount_rate"] > 0.8
    draws = pd.read_csv(tmp_path / "posterior.csv")
    assert len(draws) == SIZES.draws
    assert set(names()) < set(draws)
    assert 0.0 < found.not_ruled_out_share < 1.0
    assert json.loads((tmp_path / MANIFEST).read_text())["complete"]
    again = calibrate(tmp_path, SIZES, LocalEngine(1), _told)
    assert again.tables["posterior"].equals(found.tables["posterior"])
    assert len(list((tmp_path / "wave-1" / "runs").iterdir())) == SIZES.first
    with pytest.raises(InputError, match="other sizes"):
        calibrate(tmp_path, Sizes(41, 10, 50, 5), LocalEngine(1), _told)


def test_too_few_evaluations_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="20 evaluations or more"):
        calibrate(tmp_path / "new", Sizes(10, 10, 50, 5), LocalEngine(1), _told)
    assert not (tmp_path / "new").exists()


def test_what_is_read_from_runs_is_part_of_what_made_them() -> None:
    assert set(here(own_modules(Evaluation())).code.parts) - set(here().code.parts) == {
        "module experiments.calibration.evaluation",
        "module experiments.calibration.statistics",
    }


def test_an_evaluation_of_the_defaults() -> None:
    scenario = Scenario().with_(run={"mean_field": True, "fast_graph": True})
    found = Evaluation()(counted(scenario), 1).numbers
    assert set(found) == set(STATISTICS)
    assert all(map(math.isfinite, found.values()))
    assert -0.5 < found["credits_effect"] < -0.2
    assert found["price_elasticity"] < -1.0
    assert found["port_elasticity"] > 0.1
    assert found["converted"] == 0.0
