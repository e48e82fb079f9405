"""Outcomes by place of the market itself: what a study keeps is what a run's tables hold."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from experiments.cli import app
from experiments.inputs.design import Design
from experiments.inputs.parameter_list import Value
from experiments.studies.market_runs import NUMBERS, market_model
from experiments.studies.plan import make_plan
from market.model import Market
from market.scenario import Scenario

RUNNER = CliRunner()


def test_the_market_gives_the_numbers_of_its_tables_and_every_quarter_if_asked() -> None:
    names = (
        "regions.installed_gw:*@2018Q1",
        "automakers.sales:Ford@2017",
        "plants.utilisation:*",
        "states.bev_sales:CA",
    )
    small: dict[str, Value] = {
        "run.consumers": 500,
        "run.fast_graph": True,
        "run.origin": "2017Q4",
        "run.last_quarter": "2018Q2",
    }
    asked = Design(question="Where?", set=small, outcomes=names, all_quarters=True)
    plan = make_plan("d", asked, market_model())
    job = plan.job(0, 0)
    found = plan.model.run(job.content, job.seed)
    market = Market(
        Scenario().with_(run={name.partition(".")[2]: value for name, value in small.items()}), rng=job.seed
    )
    market.run()
    regions, automakers = (market.recorder.frame(name) for name in ("regions", "automakers"))
    states = market.recorder.frame("states")
    first = regions[regions["quarter"] == "2018Q1"].set_index("region")["installed_gw"]
    assert {place: found.numbers[f"regions.installed_gw:{place}@2018Q1"] for place in first.index} == first.to_dict()
    ford = automakers[(automakers["maker"] == "Ford") & automakers["quarter"].str.startswith("2017")]
    assert found.numbers["automakers.sales:Ford@2017"] == pytest.approx(ford["sales"].sum(), rel=1e-12)
    california = states[states["state"] == "CA"]["bev_sales"].tolist()
    assert found.quarters["states.bev_sales:CA"] == california
    assert found.numbers["states.bev_sales:CA@last"] == california[-1]
    assert set(found.numbers) == set(plan.model.numbers) > set(NUMBERS)
    assert set(found.quarters) == set(plan.model.quarters)


def test_a_command_takes_outcomes_by_place_and_tells_wrong_ones_before_anything_runs(tmp_path: Path) -> None:
    words = ["compare", "reference", "no-detour", "--dry-run", "--out", str(tmp_path), "--outcome"]
    wrong = RUNNER.invoke(app, [*words, "regions.installed_gw:ERCOTT@2030Q4"])
    assert wrong.exit_code == 2
    assert "table regions has no region ERCOTT; did you mean ERCOT?" in wrong.output
    assert not list(tmp_path.iterdir())
    right = RUNNER.invoke(app, [*words, "regions.installed_gw:*@2030Q4"])
    assert right.exit_code == 0, right.output
