"""Small faults: where they can stand, that each changes one place, and that samples grow without changing."""

import ast

import pytest

from tests.reliability.mutants import ROOT, SECTORS, Mutant, every_mutant, of_source, sample
from tests.reliability.mutation import read, suite_of
from tests.reliability.page import PAGE, page

SOURCE = b'''"""Text with 3 + 4."""
LIMIT: int = 3


def rule(x: float, y: float = 0.5) -> float:
    """Sum, not 1 - 1."""
    if x <= 0 and not y == 1:
        raise ValueError("x + y")
    return min(x * 2.0 - y, np.maximum(x, y).any())
'''


def test_faults_stand_where_the_code_decides_and_nowhere_in_texts() -> None:
    found = [(mutant.line, mutant.old, mutant.new) for mutant in sorted(of_source(SOURCE, "rule.py"))]
    assert found == [
        (2, "3", "4"), (5, "0.5", "1.0"), (7, "<=", "<"), (7, "0", "1"), (7, "and", "or"), (7, "==", "!="),
        (7, "1", "2"), (9, "min", "max"), (9, "*", "/"), (9, "2.0", "4.0"), (9, "-", "+"), (9, "maximum", "minimum"),
        (9, "any", "all"),
    ]  # fmt: skip


def test_a_fault_changes_its_place_alone_and_refuses_another_source() -> None:
    mutant = Mutant("rule.py", 5, 6, 1, "+", "-")
    assert mutant.applied(b"a = b+ c") == b"a = b- c"
    with pytest.raises(ValueError, match="has changed"):
        mutant.applied(b"a = b  c")


@pytest.mark.parametrize("sector", SECTORS)
def test_a_sample_is_of_the_sector_and_each_fault_is_code(sector: str) -> None:
    drawn = sample(sector, 20)
    assert len(set(drawn)) == 20
    assert sample(sector, 8) == drawn[:8]
    assert set(drawn) <= set(every_mutant(sector))
    assert suite_of(sector)
    for mutant in drawn:
        ast.parse(mutant.applied((ROOT / mutant.path).read_bytes()))


def test_the_page_holds_what_was_tried() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text.partition("## Tests that kill")[0] == page().partition("## Tests that kill")[0]
    for sector in dict.fromkeys(each["sector"] for each in read()):
        tried = sum(each["sector"] == sector for each in read())
        (row,) = [line for line in text.splitlines() if line.startswith(f"| {sector} | ") and "`" not in line]
        assert row.split(" | ")[2] == str(tried)
