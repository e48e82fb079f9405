"""One frozen run: nothing moves by accident."""

import importlib.util
import json
from pathlib import Path

import pytest

HERE = Path(__file__).parent
TOLERANCE = 1e-6  # relative: another processor may round the last bits of a logarithm otherwise


def test_the_small_reference_run_is_the_frozen_one() -> None:
    spec = importlib.util.spec_from_file_location("refresh_baseline", HERE / "refresh_baseline.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    frozen = json.loads(module.BASELINE.read_text(encoding="utf-8"))
    found = module.yearly_figures()
    assert found.keys() == frozen.keys()
    for year, figures in frozen.items():
        assert found[year] == pytest.approx(figures, rel=TOLERANCE), year
