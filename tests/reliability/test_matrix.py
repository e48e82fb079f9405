"""The determinism matrix: what it compares, and that what was kept holds what docs/reproducibility.md promises."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.reliability.matrix import FOUND, STUDY, difference, surroundings
from tests.reliability.small_run import KINDS, main

_OTHER_ARITHMETIC = ("BLAS of Haswell", "without AVX-512", "CPython 3.12", "CPython 3.13")
_TOLERANCE = 1e-6


def saved(path: Path, **columns: np.ndarray) -> Path:
    np.savez(path, **columns)  # type: ignore[arg-type]  # NumPy's stub takes a name for an option
    return path


def test_a_difference_is_of_the_largest_value_and_words_differ_without_end(tmp_path: Path) -> None:
    first = saved(tmp_path / "a.npz", x=np.array([1.0, 4.0, np.nan]), word=np.array(["a", "b"]))
    same = saved(tmp_path / "b.npz", x=np.array([1.0, 4.0, np.nan]), word=np.array(["a", "b"]))
    near = saved(tmp_path / "c.npz", x=np.array([2.0, 4.0, np.nan]), word=np.array(["a", "b"]))
    assert difference(first, same) == 0.0
    assert difference(first, near) == 0.25
    others = (
        {"x": np.array([1.0, 4.0, np.nan]), "word": np.array(["a", "c"])},
        {"x": np.array([1.0, 4.0, 5.0]), "word": np.array(["a", "b"])},
        {"x": np.array([1.0, 4.0]), "word": np.array(["a", "b"])},
        {"x": np.array([1.0, 4.0, np.nan])},
    )
    for number, columns in enumerate(others):
        assert difference(first, saved(tmp_path / f"{number}.npz", **columns)) == float("inf")


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_kept_is_the_same_to_the_bit_but_for_other_arithmetic(kind: str, tmp_path: Path) -> None:
    found = [json.loads(line) for line in FOUND.read_text(encoding="utf-8").splitlines()]
    own = {each["surrounding"]: each for each in found if each["kind"] == kind}
    assert set(own) >= {each.name for each in surroundings(tmp_path, {})}
    for name, each in own.items():
        assert each["same"] or (name.startswith(_OTHER_ARITHMETIC) and each["difference"] < _TOLERANCE), each
    engines = [each for each in found if each["kind"] == STUDY]
    assert engines
    assert all(each["same"] for each in engines)


@pytest.mark.long
def test_a_small_run_gives_the_hash_of_its_tables_twice(tmp_path: Path) -> None:
    first, second = (main("drawn", tmp_path / f"{number}.npz", 1) for number in (1, 2))
    assert first == second
    assert difference(tmp_path / "1.npz", tmp_path / "2.npz") == 0.0
