"""The pages in docs say what the code is: phases, tables, files, parameters, links and decisions."""

import inspect
import re
import tomllib
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from detour.version import __version__
from experiments.cli import app
from experiments.commands.entries import every_entry
from experiments.documents import architecture_page
from experiments.documents.evidence import put_between_markers
from experiments.documents.parameter_page import PAGE, parameter_page
from market.base import quarters, tables
from market.base.categories import AGE_BUCKETS, CAR_TYPES, GOODS, KINDS, MAKERS, SEGMENTS
from market.model import Market
from market.vehicles.parameters import Makers
from market.vehicles.products import Products

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
MARKED = (
    "validation targets", "charging", "service", "ports", "trust", "utilization", "storage", "sampling",
    "first quarter", "seasons", "free run", "growth",
)  # fmt: skip
PAGES = [
    *sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md")), ROOT / "benchmarks/README.md", ROOT / "examples/README.md",
]  # fmt: skip


NAMED_PATH = re.compile(r"`((?:agents|market|experiments|detour|tests|docs|benchmarks)/[^`\s<]*)`")
NOW = [page for page in PAGES if page.name != "CHANGELOG.md"]  # what is named there may be gone
COMMAND = re.compile(r"(?<![\w./-])(?<!from )detour ([a-z][a-z-]*)([^\n#|;]*)")
ENDINGS = (".py", ".md", ".csv", ".toml", ".parquet", ".json")
ABBREVIATIONS = (
    "25E", "30C", "30D", "45W", "45X", "BEV", "CAISO", "CONE", "ELCC", "ERCOT", "EV", "HEV", "ICE", "IRA", "ISO-NE",
    "ITC", "LFP", "MISO", "NCA", "NEVI", "NMC", "NYISO", "ODD", "PHEV", "PJM", "SPP", "ZEV",
)  # fmt: skip
CHANGES = 10  # of the table in where-things-live
MADE_BY_RUNS = ("tests/page/screenshots", "tests/page/screenshots/soak.csv")


@pytest.fixture(scope="module")
def words_of_the_code() -> set[str]:
    """Every word of the sources and data tables, and the names of files and folders."""
    folders = [ROOT / name for name in (*architecture_page.packages(), "tests", "benchmarks")]
    files = [path for folder in folders for path in folder.rglob("*") if path.suffix in (".py", ".toml", ".csv")]
    text = " ".join([*(path.read_text(encoding="utf-8") for path in files), *map(str, files)])
    return set(re.findall(r"\w+", text))


@pytest.fixture(scope="module")
def known_names() -> set[str]:
    """Parameters as ``group.key`` and columns of results as ``table.column``."""
    return {entry.name for entry in every_entry() if "." in entry.name}


def _text(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def test_the_odd_page_names_the_phases_of_a_step_in_their_order() -> None:
    called = re.findall(r"self\.(\w+)\(", inspect.getsource(Market.step))
    section = _text("odd.md").partition("## 3 ")[2].partition("## 4 ")[0]
    assert re.findall(r"`(_\w+)`", section) == called


def test_the_odd_page_counts_cars_goods_products_and_automakers_as_the_code() -> None:
    origin = quarters.index("2024Q4")
    products = Products(origin, origin, origin, Makers())
    most = max(int(products.at(quarter).on_offer.sum()) for quarter in range(origin + 1))
    section = _text("odd.md").partition("## 2 ")[2].partition("## 3 ")[0]
    for claim in (
        f"({len(KINDS)} kinds x {len(SEGMENTS)} segments = {CAR_TYPES})",
        f"({len(KINDS)} kinds x {len(AGE_BUCKETS)} age buckets = {GOODS})",
        f"product ({products.maker.size}: automaker x segment x powertrain, split rows apart; at most {most} on offer)",
        f"automaker ({len(MAKERS)} archetypes)",
    ):
        assert claim in section
    assert re.findall(r"^Kinds are (.*?)\. Automakers", section, re.MULTILINE)
    assert [kind for kind in KINDS if kind not in section.partition("Kinds are ")[2].partition("\n")[0]] == []


def test_the_odd_page_names_every_data_table() -> None:
    section = _text("odd.md").partition("## 6 ")[2].partition("## 7 ")[0]
    assert [name for name in tables.names() if f"`{name}`" not in section] == []


@pytest.mark.parametrize("page", NOW, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_parameters_named_on_a_page_exist(page: Path, known_names: set[str]) -> None:
    groups = {name.partition(".")[0] for name in known_names}
    named = re.findall(r"[`\"](\w+\.\w+)(?:@[\w.]+)?[`\"]", page.read_text(encoding="utf-8"))
    assert [
        name for name in named
        if name.partition(".")[0] in groups and name not in known_names and not name.endswith(ENDINGS)
    ] == []  # fmt: skip


@pytest.mark.parametrize("page", NOW, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_commands_named_on_a_page_exist_with_their_options(page: Path) -> None:
    group = get_command(app)
    assert isinstance(group, TyperGroup)
    for command, words in COMMAND.findall(code_of(page.read_text(encoding="utf-8"))):
        assert command in group.commands, f"detour {command}"
        found = group.commands[command]
        if isinstance(found, TyperGroup):
            assert words.split()[0] in found.commands, f"detour {command}{words}"
            found = found.commands[words.split()[0]]
        options = {option for parameter in found.params for option in parameter.opts}
        assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", words)) <= {*options, "--help"}, f"detour {command}{words}"


def code_of(page: str) -> str:
    """What a page sets as code: its fenced blocks, and what stands between backticks in a line."""
    fenced = re.findall(r"^```\w*\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    inline = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", page, flags=re.MULTILINE | re.DOTALL))
    return "\n".join((*fenced, *inline))


def test_the_parameter_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == parameter_page(), "run make docs"


def test_the_architecture_page_is_up_to_date() -> None:
    page = _text("architecture.md")
    assert page == architecture_page.rewritten(page), "run make docs"


def test_the_file_tables_hold_every_module_once_under_its_package(tmp_path: Path) -> None:
    for name in ("__init__.py", "b.py", "inner/__init__.py", "inner/a.py"):
        path = tmp_path / "house" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'"""What {name} holds: ``x | y``.\n\nMore.\n"""\n', encoding="utf-8")
    section = architecture_page.package_section(tmp_path / "house")
    assert re.findall(r"^(#+ \w+|\| `.*)$", section, re.MULTILINE) == [
        "### house",
        "| `b.py` | What b.py holds: `x \\| y` |",
        "#### inner",
        "| `a.py` | What inner/a.py holds: `x \\| y` |",
    ]


def test_a_module_without_a_docstring_stops_the_architecture_page(tmp_path: Path) -> None:
    (tmp_path / "__init__.py").write_text("", encoding="utf-8")
    with pytest.raises(ValueError, match="has no docstring"):
        architecture_page.package_section(tmp_path)


def test_the_architecture_page_knows_every_sector() -> None:
    held = {path.parent.name for layer in ("agents", "market") for path in (ROOT / layer).glob("*/__init__.py")}
    assert held == set(architecture_page.ORDER)


@pytest.mark.parametrize("page", ["architecture.md", "notation.md", "odd.md", "howto/where-things-live.md"])
def test_names_of_code_on_a_page_exist(page: str, words_of_the_code: set[str]) -> None:
    names = re.findall(r"`([\w.]+)`", _text(page))
    assert [name for name in names if not set(name.strip(".").split(".")) <= words_of_the_code] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_paths_named_on_a_page_exist(page: Path) -> None:
    named = NAMED_PATH.findall(page.read_text(encoding="utf-8"))
    assert [name for name in named if name not in MADE_BY_RUNS and not any(ROOT.glob(name.rstrip("/")))] == []


def test_a_typical_change_touches_one_sector_and_has_a_test_and_a_page() -> None:
    table = _text("howto/where-things-live.md").partition("|---|---|---|---|\n")[2].partition("\n\n")[0]
    rows = [[NAMED_PATH.findall(cell) for cell in line.split("|")[2:-1]] for line in table.splitlines()]
    assert len(rows) == CHANGES
    for code, tested, _ in rows:
        folders = {Path(path).parts[1] for path in code if path.startswith(("agents/", "market/"))} - {"data"}
        assert len(folders) <= 1
        assert code
        assert tested
    assert all("CHANGELOG.md" in line for line in table.splitlines())


def test_the_glossary_explains_every_abbreviation_that_pages_use() -> None:
    explained = " ".join(re.findall(r"\*\*(.+?)\*\*", _text("glossary.md")))
    used = {word for page in PAGES for word in ABBREVIATIONS if re.search(rf"\b{word}\b", page.read_text("utf-8"))}
    assert {word for word in used if not re.search(rf"\b{word}\b", explained)} == set()


def test_the_glossary_names_a_term_once() -> None:
    terms = re.findall(r"^\* \*\*(.+?)\*\*", _text("glossary.md"), re.MULTILINE)
    assert len(terms) == len(set(terms))


def test_package_citation_and_changelog_name_the_same_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    cited = re.search(r"^version: (.+)$", (ROOT / "CITATION.cff").read_text(encoding="utf-8"), re.MULTILINE)
    released = re.findall(
        r"^## \[(\d.*)\] - \d{4}-\d\d-\d\d$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE
    )
    assert cited is not None
    assert {project["version"], cited[1], released[0]} == {__version__}


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
