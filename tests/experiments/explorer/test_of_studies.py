"""Finished studies become what the explorer keeps, each run in its place."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from experiments.documents.explorer import kept_of
from experiments.errors import InputError
from experiments.explorer.indicators import COLUMNS
from experiments.explorer.kept import kept
from experiments.explorer.levers import TITLES
from experiments.inputs.design import Design, find_design, read_design
from experiments.inputs.scenario_files import REFERENCE
from experiments.runs.result_tables import KEPT
from experiments.studies.job import Content, Outcome
from experiments.studies.market_runs import NUMBERS, market_model
from market.base import quarters
from market.scenario import Scenario
from tests.experiments.study_makers import carried_out

OBSERVED, LEVER = 32, "storage.data_center_factor"
LABELS = [quarters.label(quarter) for quarter in range(quarters.index(Scenario().run.last_quarter) + 1)]


def made_up(content: Content, seed: int) -> Outcome:
    """A run without a market: later quarters rise with a lever, a scenario's switch and, with shocks, the seed."""
    rise = 2.0 * float(content[LEVER]) + (0.0 if content["cells.may_convert"] else 5.0)
    rise += 10.0 * seed if content["world.shocks"] else 0.0
    path = [1.0 + (rise if place >= OBSERVED else 0.0) for place in range(len(LABELS))]
    return Outcome(dict.fromkeys(NUMBERS, 1.0), {name: LABELS if name == "quarter" else path for name in KEPT})


MODEL = replace(market_model(saved_states=False), run=made_up)


def worlds(**more: object) -> Design:
    return Design.model_validate(
        {"question": "Which?", "scenarios": [REFERENCE, "no-detour"], "seed": 1, "mean_field": True, **more}
    )


def levers(names: list[str]) -> Design:
    shipped = read_design(find_design("twelve-levers")).model_dump(mode="json")
    factors = {name: shipped["factors"][name] for name in names}
    return Design.model_validate({**shipped, "factors": factors, "design": {**shipped["design"], "points": 12}})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("studies")
    carried_out(folder / "policy-wedge", worlds(replications=3, set={"world.shocks": True}), model=MODEL)
    carried_out(folder / "expected", worlds(replications=1), model=MODEL)
    carried_out(folder / "twelve-levers", levers(list(TITLES)), model=MODEL)
    return folder


def test_every_run_is_kept_in_its_place_and_the_emulator_finds_what_moves_it(folder: Path) -> None:
    found = kept_of(folder)
    assert (found.streams, found.fitted_runs, found.held_out_runs) == (3, 9, 3)
    gw = "storage_installed_gw"
    assert found.history[gw] == [100] * OBSERVED
    assert [found.expected(name, gw)[0] for name in (REFERENCE, "no-detour")] == [3.0, 8.0]
    assert found.drawn("no-detour", gw)[:, -1].tolist() == [18.0, 28.0, 38.0]
    assert tuple(found.paths[REFERENCE]) == COLUMNS
    np.testing.assert_allclose(found.emulator.at({LEVER: 2.0})[gw], 5.0, atol=0.05)
    np.testing.assert_allclose(found.emulator.at({"world.lithium_factor": 2.0})[gw], 3.0, atol=0.05)
    assert kept_of(folder, kept()) == found.model_copy(
        update={name: getattr(kept(), name) for name in ("emulator", "scores", "fitted_runs", "held_out_runs")}
    ), "paths alone"


def test_a_design_of_other_levers_is_refused(folder: Path, tmp_path: Path) -> None:
    for name in ("policy-wedge", "expected"):
        (tmp_path / name).symlink_to(folder / name)
    carried_out(tmp_path / "twelve-levers", levers(list(TITLES)[1:]), model=MODEL)
    with pytest.raises(InputError, match=r"its factors must be policy\.federal_credit_factor@2027Q1"):
        kept_of(tmp_path)
