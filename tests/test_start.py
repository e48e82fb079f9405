"""What a start loads: names of modules, since seconds depend on the machine."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

DRAWING = {"matplotlib", "seaborn", "PIL"}
COMPILING = {"numba", "llvmlite"}
STATISTICS = {"scipy.stats", "scipy.signal", "SALib"}
SELDOM = {*DRAWING, *COMPILING, *STATISTICS, "distributed", "altair", "solara"}

BUILT = """
from market.model import Market
from market.scenario import Scenario
market = Market(Scenario().with_(run={"consumers": 2000}))
"""


@pytest.mark.parametrize(
    "program",
    [
        "import detour",
        "import market.model",
        "from detour import run, compare, sweep, figures",
        f"{BUILT}market.step()",
    ],
)
def test_a_start_loads_nothing_that_draws_compiles_or_does_statistics(program: str) -> None:
    told = subprocess.run(
        [sys.executable, "-c", f"{program}\nimport sys\nprint(*sys.modules)"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    loaded = set(told.stdout.split())
    assert "sys" in loaded
    assert not loaded & SELDOM
