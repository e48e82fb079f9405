"""Jobs and capital by plant: by hand, and in step with the capacity of the table plants."""

import numpy as np
import pytest

from agents.cells.line_decision import LineAction
from market.base import tables
from market.cells.allocation import CellMarket
from market.conversion.line_change import LineChange, Reason
from market.model import Market
from market.outcomes.plant_outputs import PlantJobs, decided_musd, job_rows, read_plant_jobs


def test_jobs_follow_the_lines_by_hand() -> None:
    nothing = np.zeros(2)
    capacity = {
        "vehicles": np.array([10.0, 0.0]), "storage": np.array([5.0, 0.0]), "idle": np.array([2.0, 0.0]),
        "converting": np.array([3.0, 0.0]), "building": np.array([0.0, 8.0]), "closed": nothing,
    }  # fmt: skip
    plants = [PlantJobs("a", "KY", 50.0), PlantJobs("b", "ON", 100.0)]
    first, second = job_rows(plants, capacity, np.array([7.0, 0.0]), 115.0, 0)
    jobs = ("jobs_running", "jobs_stopped", "jobs_to_come")
    assert [first[name] for name in jobs] == [750.0, 250.0, 0.0]
    assert [second[name] for name in jobs] == [0.0, 0.0, 800.0]
    assert (first["capital_running_musd"], first["capital_stopped_musd"]) == (1_725.0, 575.0)
    assert (first["capital_decided_musd"], first["state"], second["state"]) == (7.0, "KY", "ON")


def test_decisions_are_counted_at_the_plant_of_their_line(cells_at_origin: CellMarket) -> None:
    lines, plants = cells_at_origin.lines, len(cells_at_origin.plants)
    last = lines.size - 1
    changes = [
        LineChange(line, LineAction.CONVERT, cost, 0.0, 0.0, Reason.STORAGE_PAYS)
        for line, cost in ((0, 100.0), (last, 20.0), (last, 3.0))
    ]
    found = decided_musd(changes, lines, plants)
    assert found[lines.plant[0]] == 100.0
    assert found[lines.plant[last]] == 23.0
    assert found.sum() == 123.0
    assert not decided_musd([], lines, plants).any()


def test_every_plant_has_jobs_and_one_without_an_announcement_has_the_mean(monkeypatch: pytest.MonkeyPatch) -> None:
    named = set(tables.load("plants").query("built_for != 'storage assembly'")["plant"])
    assert set(tables.load("plant_jobs")["plant"]) == named
    known, load = tables.load("plant_jobs"), tables.load
    fewer = known[known["plant"] != "toyota_nc"]
    monkeypatch.setattr(tables, "load", lambda name: fewer if name == "plant_jobs" else load(name))
    toyota, panasonic, smyrna = read_plant_jobs(["toyota_nc", "panasonic_kansas", "aesc_smyrna"])
    assert panasonic.jobs_per_gwh == 4_000 / 32
    assert toyota.jobs_per_gwh == pytest.approx((4_000 + 300) / (32 + 3))
    assert (smyrna.state, toyota.state) == ("TN", "NC")


def test_jobs_and_plants_tell_of_the_same_lines(finished: Market) -> None:
    jobs, plants = (finished.recorder.frame(name).set_index(["quarter", "plant"]) for name in ("jobs", "plants"))
    running = plants["capacity_vehicles_gwh"] + plants["capacity_storage_gwh"]
    cost = finished.parameters.cells.new_plant_musd
    assert jobs["capital_running_musd"].to_numpy() == pytest.approx(cost * running.to_numpy(), rel=1e-12)
    national = finished.recorder.last("national")
    last = jobs.loc[finished.recorder.last("jobs")["quarter"]]
    stopped = national["capacity_idle_gwh"] + national["capacity_converting_gwh"]
    assert last["capital_stopped_musd"].sum() == pytest.approx(cost * stopped, rel=1e-9)
    assert 10_000 < last["jobs_running"].sum() < 80_000
    decided, changes = jobs["capital_decided_musd"].groupby("quarter").sum(), finished.recorder.frame("line_changes")
    assert decided.sum() == pytest.approx(changes["cost_musd"].sum(), rel=1e-9)
    assert decided.sum() > 0.0
