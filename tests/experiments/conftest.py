"""What tests of experiments share: one small run, and a folder in which commands run the toy model."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

import experiments.studies.market_runs
from experiments.figures.registry import FIGURES
from experiments.inputs.scenario_files import load_scenario
from experiments.runs.manifest import StreamsRecord, results_sha256
from experiments.runs.result_tables import KEPT, STREAMS
from experiments.runs.run import simulate
from experiments.runs.store import Result, write_result
from experiments.runs.streams import stream_table
from experiments.studies.job import Outcome
from tests.experiments.toy_model import TOY

SMALL = ("run.consumers=500", "run.fast_graph=true", "run.last_quarter=2026Q1")
DESIGN = """
question = "What does x do?"
replications = 2
[factors]
"toy.x" = [1, 2]
"toy.on" = [true, false]
"""


def unheard(_quarter: str, _done: int, _in_all: int) -> None:
    """Progress nobody looks at."""


@pytest.fixture(scope="session")
def small() -> Sequence[str]:
    """Overrides that make a run small: 500 consumers, 127 places, to 2026Q1."""
    return SMALL


@pytest.fixture(scope="session")
def small_result() -> Result:
    """The reference in small, seed 1; not stored."""
    return simulate(load_scenario("reference", SMALL).scenario, "reference", 1, unheard)


@pytest.fixture
def stored(small_result: Result, tmp_path: Path) -> Path:
    """A folder of its own with the small result."""
    folder = tmp_path / "runs" / "reference" / "seed=1"
    write_result(folder, small_result)
    return folder


@pytest.fixture
def two_figures() -> Iterator[set[str]]:
    """Names of the only figures there are, for tests of what is done with figures whatever they show."""
    every, chosen = dict(FIGURES), {"bev_share", "prices"}
    for name in FIGURES.keys() - chosen:
        del FIGURES[name]
    yield chosen
    FIGURES.clear()
    FIGURES.update(every)  # in their order


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The commands run the toy model; a folder with a design ``mine.toml``."""
    monkeypatch.setattr(experiments.studies.market_runs, "market_model", lambda *_, **__: TOY)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.toml").write_text(DESIGN, encoding="utf-8")
    return tmp_path


@pytest.fixture(scope="session")
def streamed(small_result: Result) -> Result:
    """The small result with three streams made by hand: after 2024 its own national table times 0.8, 1 and 1.4."""
    return with_hand_made_streams(small_result, {1: 0.8, 2: 1.0, 3: 1.4})


def with_hand_made_streams(result: Result, factors: Mapping[int, float]) -> Result:
    """A result with streams by seed whose numbers after 2024 are its own, times a factor."""
    national = result.frames["national"]
    late = (national["quarter"] > "2024Q4").to_numpy()
    outcomes = {}
    for seed, factor in factors.items():
        times = np.where(late, factor, 1.0)
        columns = {
            name: national[name].tolist() if name == "quarter" else (national[name] * times).tolist() for name in KEPT
        }
        outcomes[seed] = Outcome({}, columns)
    table = stream_table(outcomes)
    record = StreamsRecord(
        seeds=list(factors), parameters_sha256="0" * 64, results_sha256=results_sha256({STREAMS: table}), wall_s=1.0
    )
    manifest = result.manifest.model_copy(update={"streams": record})
    return Result(manifest, {**result.frames, STREAMS: table})
