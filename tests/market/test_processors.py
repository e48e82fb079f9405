"""What docs/reproducibility.md promises between processors: the same rows, words and whole numbers; decimals nearly."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from market.model import Market
from market.recorder import TABLES

ROOT = Path(__file__).parents[2]
TOLERANCE = 1e-6  # of the largest value of a column, as the page promises; found: 1e-14
OLD_BLAS = "Nehalem"  # the kernels that OpenBLAS has for processors of before AVX
ELSEWHERE = """
import sys
from pathlib import Path
import numpy as np
from market.model import Market
from market.recorder import TABLES
from market.scenario import Scenario
off = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])
assert not off, f"still on: {off}"
market = Market(parameters=Scenario.model_validate_json(sys.stdin.read()), rng=1)
market.run()
for name in TABLES:
    market.recorder.frame(name).to_parquet(Path(sys.argv[1]) / name)
"""


def instructions() -> list[str]:
    """Sets of instructions that NumPy uses on this processor and can do without: AVX2, AVX-512 and their like."""
    return list(np.show_config(mode="dicts")["SIMD Extensions"].get("found", []))


def assert_nearly_the_same(found: pd.DataFrame, wanted: pd.DataFrame, name: str) -> None:
    """Same rows in the same order, same columns, all but decimals equal; those within the tolerance."""
    assert list(found.columns) == list(wanted.columns), name
    assert len(found) == len(wanted), name
    for column in wanted:
        if not pd.api.types.is_float_dtype(wanted[column]):
            assert found[column].tolist() == wanted[column].tolist(), f"{name}.{column}"
            continue
        ours, theirs = wanted[column].to_numpy(np.float64), found[column].to_numpy(np.float64)
        largest = np.abs(ours[np.isfinite(ours)]).max(initial=0.0)
        np.testing.assert_allclose(theirs, ours, rtol=0.0, atol=TOLERANCE * largest, err_msg=f"{name}.{column}")


def test_a_processor_without_avx_gives_the_same_rows_and_the_same_numbers_within_the_tolerance(
    as_it_was: Market, tmp_path: Path
) -> None:
    """Also with another order of sets; a feature that cannot be switched off would be an error here."""
    switched = {
        "NPY_DISABLE_CPU_FEATURES": " ".join(instructions()), "OPENBLAS_CORETYPE": OLD_BLAS, "PYTHONHASHSEED": "1",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-W", "error::ImportWarning", "-c", ELSEWHERE, tmp_path],
        input=as_it_was.parameters.model_dump_json(), env={**os.environ, **switched}, cwd=ROOT, text=True,
        capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for name in TABLES:
        found = pd.read_parquet(tmp_path / name)
        assert_nearly_the_same(found, as_it_was.recorder.frame(name), name)
