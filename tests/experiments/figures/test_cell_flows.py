"""The figure of cell flows: every GWh of the table is in every stage, and ribbons fill their nodes."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from experiments.cli import app
from experiments.errors import InputError
from experiments.figures.cell_flows import STAGES, cell_flows, flows_of_year, nodes_of, ribbons_of
from experiments.figures.style import FigureError
from experiments.runs.store import Result
from tests.experiments.figures.figure_reading import texts


@pytest.fixture
def flows() -> pd.DataFrame:
    """Two quarters of 2030: three sellers, ten automakers of falling size, two buyers of storage in two regions."""
    rows = [
        ("2030Q1", "GM", "vehicles", "GM", "", 6.0),
        ("2030Q1", "GM", "storage", "utilities", "PJM", 3.0),
        ("2030Q2", "GM", "storage", "data centers", "ERCOT", 1.0),
        ("2030Q2", "imports from China", "storage", "utilities", "PJM", 2.0),
        *[("2030Q2", "open market", "vehicles", f"maker {n}", "", 1.0 - 0.1 * n) for n in range(9)],
        ("2031Q1", "GM", "vehicles", "GM", "", 100.0),
    ]
    return pd.DataFrame(rows, columns=["quarter", *STAGES, "gwh"])


def test_small_automakers_are_taken_together_and_buyers_of_storage_never(flows: pd.DataFrame) -> None:
    rows = flows_of_year(flows, 2030)
    assert rows["gwh"].sum() == pytest.approx(12.0 + 5.4, rel=1e-12)
    buyers = rows.groupby("buyer")["gwh"].sum()
    assert set(buyers.index) == {
        "GM", "maker 0", "maker 1", "maker 2", "maker 3", "maker 4", "other buyers", "utilities", "data centers"
    }  # fmt: skip
    assert buyers["other buyers"] == pytest.approx(0.5 + 0.4 + 0.3 + 0.2, rel=1e-12)


def test_ribbons_fill_their_nodes_without_overlap_and_cars_end_at_their_automaker(flows: pd.DataFrame) -> None:
    rows = flows_of_year(flows, 2030)
    nodes = [nodes_of(rows, stage) for stage in STAGES]
    ribbons = ribbons_of(rows, nodes)
    assert nodes[1]["storage"][0] == 0.0
    for stage in range(len(STAGES) - 1):
        mine = [each for each in ribbons if each.stage == stage]
        whole = 17.4 if stage < 2 else 6.0
        assert sum(each.gwh for each in mine) == pytest.approx(whole, rel=1e-12)
        for side, at in (("left", stage), ("right", stage + 1)):
            for name, (foot, height) in nodes[at].items():
                parts = sorted(
                    (getattr(each, f"{side}_foot"), each.gwh) for each in mine if getattr(each, side) == name
                )
                if not parts:
                    continue
                assert parts[0][0] == pytest.approx(foot, abs=1e-9)
                for (low, gwh), (after, _) in pairwise(parts):
                    assert after == pytest.approx(low + gwh, abs=1e-9)
                if stage < 2 or side == "right":
                    assert sum(gwh for _, gwh in parts) == pytest.approx(height, rel=1e-9)


def test_the_figure_names_its_year_and_another_year_than_the_run_has_is_told(small_result: Result) -> None:
    assert "Where battery cells went in 2025" in texts(cell_flows(small_result))
    assert "Where battery cells went in 2024" in texts(cell_flows(small_result, 2024))
    with pytest.raises(InputError, match=r"--year is 2050; .* has cells of 2017 to 2025"):
        cell_flows(small_result, 2050)
    frames = {name: rows for name, rows in small_result.frames.items() if name != "cell_flows"}
    with pytest.raises(FigureError, match="a run with cell plants"):
        cell_flows(replace(small_result, frames=frames))


def test_a_year_the_run_does_not_have_is_wrong_input_to_the_command(stored: Path) -> None:
    done = CliRunner().invoke(app, ["figures", str(stored), "--year", "2050"])
    assert done.exit_code == 2
    assert done.stderr.strip() == "--year is 2050; reference has cells of 2017 to 2025"
