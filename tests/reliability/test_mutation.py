"""Small faults: where they can stand, that each changes one place, and that samples grow without changing."""

import ast
from types import SimpleNamespace
from typing import Any

import pytest

from tests.reliability.mutants import ROOT, SECTORS, Mutant, every_mutant, of_source, sample
from tests.reliability.mutation import read, suite_of
from tests.reliability.page import PAGE, page
from tests.reliability.reach import Chosen, Reach, Statement, statement_at

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


class ReachOf(Reach):
    """A file of a constant in line 1 and a function whose line 4 one test and one fixture reach."""

    def __init__(self) -> None:
        super().__init__(
            seconds={"slow": 9.0, "quick": 0.1, "other": 1.0, "shared": 0.2},
            fixtures={"slow": frozenset(), "quick": frozenset(), "other": frozenset(), "shared": frozenset({"market"})},
            fixture_s={"market": 5.0},
            lines={"rule.py": {1: {""}, 4: {"slow", "fixture:market"}, 5: {"quick"}, 6: {"file:test_rule.py"}}},
        )


def test_a_fault_is_tried_against_the_tests_that_reach_it_quick_ones_first() -> None:
    reach = ReachOf()
    assert reach.tests_of("rule.py", Statement(range(4, 5), in_function=True)) == ["shared", "slow"]
    assert reach.tests_of("rule.py", Statement(range(4, 6), in_function=True)) == ["quick", "shared", "slow"]
    assert reach.tests_of("rule.py", Statement(range(9, 10), in_function=True)) == []
    assert reach.tests_of("elsewhere.py", Statement(range(4, 5), in_function=True)) == []


def test_what_runs_on_import_may_matter_to_every_test_and_what_a_file_ran_to_all_of_its_module() -> None:
    reach = ReachOf()
    assert reach.tests_of("rule.py", Statement(range(1, 2), in_function=False)) == ["quick", "other", "shared", "slow"]
    assert reach.tests_of("rule.py", Statement(range(6, 7), in_function=True)) == ["quick", "shared", "slow"]


@pytest.mark.parametrize(("line", "lines", "in_function"), [
    (2, range(2, 3), False), (5, range(5, 6), False), (8, range(7, 9), True), (9, range(9, 10), True),
])  # fmt: skip
def test_the_statement_around_a_line(line: int, lines: range, *, in_function: bool) -> None:
    source = (
        b"import x\nLIMIT = 3\n\n\ndef rule(a=1):\n    b = 2\n    c = (a\n         + b)\n    if c > 1:\n"
        b"        return 2\n    return 3\n"
    )
    assert statement_at(source, line) == Statement(lines, in_function)


def test_a_plugin_keeps_the_tests_chosen_in_their_order() -> None:
    items: Any = [SimpleNamespace(nodeid=name) for name in ("a", "b", "c")]
    Chosen(["c", "a", "z"]).pytest_collection_modifyitems(items)
    assert [item.nodeid for item in items] == ["c", "a"]
