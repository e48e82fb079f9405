"""One small run in a process of its own, for the determinism matrix.

``python -m tests.reliability.small_run KIND FILE [THREADS]``. The file is written as arrays by ``table.column``; the
hash of all tables is printed.
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np

from agents.population import row_work
from experiments.runs.manifest import results_sha256
from market.model import Market
from market.scenario import Run, Scenario

KINDS = {
    "drawn": Scenario(run=Run(consumers=2_000, fast_graph=True, last_quarter="2026Q1")),
    "mean field": Scenario(run=Run(mean_field=True, fast_graph=True, last_quarter="2026Q1")),
}
"""What is run, with seed 1."""


def main(kind: str, path: Path, threads: int) -> str:
    """Run, keep the tables and give their hash."""
    row_work.use_threads(threads)
    market = Market(parameters=KINDS[kind], rng=1)
    market.run()
    frames = {name: market.recorder.frame(name) for name in market.recorder.kept}
    columns = {f"{name}.{column}": frame[column].to_numpy() for name, frame in frames.items() for column in frame}
    plain: dict[str, Any] = {
        name: values if values.dtype.kind in "iufb" else values.astype(str) for name, values in columns.items()
    }
    np.savez(path, **plain)
    return results_sha256(frames)


if __name__ == "__main__":
    print(main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 1))  # noqa: T201
