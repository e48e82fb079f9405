"""The tutorials run, cell by cell, and what they assert holds."""

import ast
import re
from pathlib import Path

import pytest
from nbclient.exceptions import CellExecutionError

from experiments.documents.tutorials import EXAMPLES, FOLDER, executed, files_written, run_notebook, tutorials
from experiments.inputs.design import read_design
from experiments.inputs.scenario_files import load_scenario

CELL = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LESSONS = 6


def cells(page: Path) -> list[str]:
    return CELL.findall(page.read_text(encoding="utf-8"))


@pytest.mark.long
@pytest.mark.parametrize("page", tutorials(), ids=lambda page: page.stem)
def test_a_tutorial_runs(page: Path) -> None:
    run_notebook(page)


def test_the_course_has_six_lessons_and_names_each() -> None:
    named = re.findall(r"\]\((\d[\w-]+\.md)\)", (FOLDER / "README.md").read_text(encoding="utf-8"))
    assert named == [page.name for page in tutorials()]
    assert len(named) == LESSONS


@pytest.mark.parametrize("page", tutorials(), ids=lambda page: page.stem)
def test_a_tutorial_asserts_something_and_says_what_comes_next(page: Path) -> None:
    assert any(isinstance(node, ast.Assert) for cell in cells(page) for node in walked(cell))
    following = [each.name for each in tutorials() if each.name > page.name][:1]
    assert re.findall(r"Next: \[.*\]\((.*)\)\.$", page.read_text(encoding="utf-8"), re.MULTILINE) == following


def walked(cell: str) -> list[ast.AST]:
    """Nodes of a cell's Python; lines for the shell are left out, and so is a cell that writes a file."""
    lines = [] if cell.startswith("%") else [line for line in cell.splitlines() if not line.startswith("!")]
    return list(ast.walk(ast.parse("\n".join(lines))))


def test_a_notebook_with_a_false_assertion_is_refused(tmp_path: Path) -> None:
    page = tmp_path / "wrong.md"
    page.write_text("# Wrong\n\n```python\nassert 1 > 2\n```\n", encoding="utf-8")
    with pytest.raises(CellExecutionError, match="AssertionError"):
        run_notebook(page)


def test_an_executed_page_holds_prints_and_pictures_and_leaves_nothing_behind(tmp_path: Path) -> None:
    page = tmp_path / "small.md"
    draws = "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"
    prints = "import os\nprint(os.environ['DETOUR_CACHE'])\n!detour --version"
    page.write_text(f"# Small\n\n```python\n{draws}\n```\n\n```python\n{prints}\n```\n\n```toml\na = 1\n```\n", "utf-8")
    text, pictures = executed(page)
    (name,) = pictures
    assert pictures[name].startswith(b"\x89PNG")
    assert f"![What the cell above draws]({name})" in text
    assert "results version" in text
    cache = re.search(r"^    (\S+cache)$", text, re.MULTILINE)
    assert cache is not None
    assert not Path(cache[1]).parent.exists()
    assert text.count("```toml\na = 1\n```") == 1
    assert list(tmp_path.iterdir()) == [page]


def test_examples_are_the_files_that_tutorials_write() -> None:
    kept = {path.name: path.read_text(encoding="utf-8") for path in EXAMPLES.iterdir() if path.is_file()}
    readme = kept.pop("README.md")
    assert kept == files_written(), "run python -m experiments.documents.tutorials"
    assert set(re.findall(r"\]\(([\w.-]+)\)", readme)) == set(kept)


def test_scenarios_and_designs_among_the_examples_are_valid() -> None:
    for path in EXAMPLES.glob("*.toml"):
        is_design = "[design]" in path.read_text(encoding="utf-8")
        assert (read_design(path) if is_design else load_scenario(str(path)).scenario).question
