"""The pages in docs say what the code is: phases, tables, files, parameters, links and decisions."""

import inspect
import re
from pathlib import Path

import pytest

from experiments.documents.evidence import put_between_markers
from experiments.documents.parameter_page import PAGE, parameter_page
from market.base import tables
from market.model import Market

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
MARKED = (
    "yardsticks", "charging", "service", "ports", "trust", "utilisation", "storage", "sampling", "first quarter",
    "seasons", "free run", "growth",
)  # fmt: skip
PAGES = [*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md")), *sorted((ROOT / "benchmarks").glob("*.md"))]


def _text(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def test_the_odd_page_names_the_phases_of_a_step_in_their_order() -> None:
    called = re.findall(r"self\.(\w+)\(", inspect.getsource(Market.step))
    section = _text("odd.md").partition("## 3 ")[2].partition("## 4 ")[0]
    assert re.findall(r"`(_\w+)`", section) == called


def test_the_odd_page_names_every_data_table() -> None:
    section = _text("odd.md").partition("## 6 ")[2].partition("## 7 ")[0]
    assert [name for name in tables.names() if f"`{name}`" not in section] == []


def test_the_odd_page_names_only_parameters_that_exist() -> None:
    known = set(re.findall(r"\| `(\w+)` \|", parameter_page()))
    groups = set(re.findall(r"^## (\w+)$", parameter_page(), re.MULTILINE))
    named = re.findall(r"`(\w+)\.(\w+)`", _text("odd.md"))
    assert [f"{group}.{name}" for group, name in named if group in groups and name not in known] == []


def test_the_parameter_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == parameter_page(), "run python -m experiments.documents.parameter_page"


@pytest.mark.parametrize("package", ["agents", "market", "experiments"])
def test_the_architecture_page_lists_the_files_of_a_package(package: str) -> None:
    section = _text("architecture.md").partition(f"### {package}\n")[2].partition("\n#")[0]
    listed = {name for name in re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE) if name.endswith(".py")}
    folder = ROOT / package
    held = {path.relative_to(folder).as_posix() for path in folder.rglob("*.py") if path.name != "__init__.py"}
    assert listed == held


def test_the_index_of_decisions_is_complete() -> None:
    listed = re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", _text("decisions/README.md"))
    assert listed == sorted(path.name for path in (DOCS / "decisions").glob("0*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_to_files_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_the_evidence_page_holds_its_tables() -> None:
    page = _text("evidence.md")
    for name in MARKED:
        held = page.partition(f"<!-- {name} -->\n")[2].partition(f"<!-- end {name} -->")[0]
        assert held.startswith("| "), name


def test_a_table_is_put_between_its_markers_and_nowhere_else() -> None:
    page = "before\n<!-- a -->\nold\n<!-- end a -->\nafter\n"
    assert put_between_markers(page, "a", r"new \1") == "before\n<!-- a -->\nnew \\1\n<!-- end a -->\nafter\n"


@pytest.mark.parametrize("page", ["no markers", "<!-- a --> <!-- end a --> <!-- a --> <!-- end a -->"])
def test_a_page_without_exactly_one_pair_of_markers_is_refused(page: str) -> None:
    with pytest.raises(ValueError, match="<!-- a --> and <!-- end a --> once"):
        put_between_markers(page, "a", "new")
