"""The code in docs/howto runs, page by page, on markets of 500 consumers."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from market.policies.registry import POLICIES
from market.recorder import TABLES

PAGES = Path(__file__).parents[1] / "docs" / "howto"
NAMES = ("add-a-policy", "add-an-agent", "add-an-outcome", "add-a-mechanism")
MOST_LINES = 100  # about a page


@pytest.fixture
def registries() -> Iterator[None]:
    """Registries that pages add to are put back."""
    held: list[tuple[dict[str, Any], dict[str, Any]]] = [(POLICIES, dict(POLICIES)), (TABLES, dict(TABLES))]
    yield
    for registry, before in held:
        registry.clear()
        registry.update(before)


def code_of(name: str) -> str:
    """The Python of a page, line numbers kept."""
    page = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    lines, inside = [], False
    for line in page.splitlines():
        fence = line.startswith("```")
        lines.append(line if inside and not fence else "")
        inside = line.startswith("```python") if fence else inside
    return "\n".join(lines)


def test_the_index_names_every_page() -> None:
    index = (PAGES / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\]\(([\w-]+)\.md\)", index)) == {path.stem for path in PAGES.glob("*.md")} - {"README"}
    assert {path.stem for path in PAGES.glob("add-*.md")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.usefixtures("registries")
def test_the_code_of_a_page_runs_and_what_it_asserts_holds(name: str) -> None:
    code = code_of(name)
    assert "assert " in code
    assert len((PAGES / f"{name}.md").read_text(encoding="utf-8").splitlines()) <= MOST_LINES
    exec(compile(code, f"docs/howto/{name}.md", "exec"), {"__name__": f"howto_{name}"})  # noqa: S102  # our own page
