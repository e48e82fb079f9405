"""Studies whose replications have parameters of their own: posterior draws that all points share."""

from pathlib import Path
from typing import Any

import pytest

from experiments.calibration.draws import ensemble
from experiments.inputs.design import Design
from experiments.inputs.factors import DesignError
from experiments.inputs.parameter_list import PACKS
from experiments.studies.market_runs import market_model
from experiments.studies.plan import Plan, make_plan
from tests.experiments.packs.own_packs import ercot_pack

NAME, OTHER = list(ensemble(2)[0])[:2]


def planned(**given: Any) -> Plan:
    """A plan of two scenarios and two replications."""
    design = {"question": "?", "scenarios": ("reference", "no-credits"), "replications": 2, **given}
    return make_plan("x", Design.model_validate(design), market_model())


def test_a_replication_has_a_draw_that_all_scenarios_share() -> None:
    drawn, plain = planned(parameters=True), planned()
    for replication, draw in enumerate(ensemble(2)):
        for point in (0, 1):
            content = drawn.job(point, replication).content
            assert {name: content[name] for name in draw} == draw
            rest = {name: value for name, value in plain.job(point, replication).content.items() if name not in draw}
            assert rest == {name: value for name, value in content.items() if name not in draw}
    assert ensemble(2)[0] != ensemble(2)[1]
    assert drawn.asked_sha256 != plain.asked_sha256
    assert len({drawn.job(point, k).identity for point, k in drawn.rows()}) == 4


def test_what_a_design_sets_or_varies_is_not_drawn_even_at_its_default() -> None:
    default = market_model().declared[NAME].default
    fixed = planned(parameters=True, set={NAME: default})
    assert fixed.job(0, 0).content[NAME] == default
    assert fixed.job(0, 0).content[OTHER] == ensemble(2)[0][OTHER]
    varied = planned(parameters=True, factors={NAME: [default]})
    assert varied.job(0, 1).content[NAME] == default


def test_draws_of_the_shipped_tables_are_refused_with_a_data_pack(tmp_path: Path) -> None:
    with pytest.raises(DesignError, match="posterior draws are of the shipped tables; leave parameters or"):
        planned(parameters=True, set={PACKS: str(ercot_pack(tmp_path / "mine"))})


def test_more_replications_than_draws_are_refused_in_a_sentence() -> None:
    with pytest.raises(DesignError, match="x: 201 posterior draws are asked for; there are 1 to 200"):
        planned(parameters=True, replications=201)
