"""A year has four quarters, and one place says so."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.calendar import QUARTERS_PER_YEAR
from tests.house import ROOT, lay, sources

MONTHS_PER_QUARTER = 3


def _bare_fours(modules: dict[str, ast.Module]) -> Iterator[str]:
    """Formulas that divide by a bare four."""
    for module, tree in modules.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div | ast.FloorDiv | ast.Mod):
                by = node.right
                if isinstance(by, ast.Constant) and by.value == QUARTERS_PER_YEAR:
                    yield f"{module}, line {node.lineno}: if these are quarters, divide by QUARTERS_PER_YEAR"


def test_a_year_of_twelve_months_has_four_quarters() -> None:
    assert QUARTERS_PER_YEAR * MONTHS_PER_QUARTER == 12


def test_no_formula_counts_the_quarters_of_a_year_itself() -> None:
    assert list(_bare_fours(sources(ROOT))) == []


@pytest.mark.parametrize("formula", ["days / 4", "quarter // 4", "quarter % 4.0"])
def test_a_formula_that_counts_them_itself_is_found(tmp_path: Path, formula: str) -> None:
    found = list(_bare_fours(sources(lay(tmp_path, {"agents/a.py": f"x = {formula}\n"}))))
    assert found == ["agents.a, line 1: if these are quarters, divide by QUARTERS_PER_YEAR"]
