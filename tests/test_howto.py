"""The code in docs/howto and the README runs, page by page, on markets of 500 consumers."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from experiments.documents.architecture_page import packages

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "docs" / "howto"
IN_PROCESS = (
    "replace-a-rule",
    "date-a-lever",
    "add-a-policy",
    "add-an-agent",
    "add-a-mechanism",
    "cost-per-ton",
    "own-data",
)
IN_A_COPY = ("add-an-outcome",)  # these change files of the model
SMALL = {"consumers": 500, "fast_graph": True, "origin": "2017Q4", "last_quarter": "2018Q2"}
MOST_LINES = 100  # about a page
FENCED = re.compile(r"^```(python|toml|diff)\n(.*?)^```", re.MULTILINE | re.DOTALL)
OWN_FILE = re.compile(r"# (\w+\.(?:py|toml))\n")  # first line of a block that is a file of the reader's


def page_text(name: str) -> str:
    return (PAGES / f"{name}.md").read_text(encoding="utf-8")


def code_of(page: str) -> str:
    """The Python a page runs, line numbers kept; blocks that are files of the reader's are left out."""
    lines = [""] * page.count("\n")
    for block in FENCED.finditer(page):
        if block[1] == "python" and not OWN_FILE.match(block[2]):
            first = page.count("\n", 0, block.start(2))
            lines[first : first + block[2].count("\n")] = block[2].splitlines()
    return "\n".join(lines)


def files_of(page: str) -> dict[str, str]:
    """The files a page tells its reader to write, by name."""
    blocks = [block[2] for block in FENCED.finditer(page)]
    return {own[1]: block for block in blocks if (own := OWN_FILE.match(block))}


def changes_of(page: str) -> list[tuple[str, str, str]]:
    """Changes that a page's diffs make: file, lines before, lines after."""
    changes = []
    for block in FENCED.finditer(page):
        if block[1] == "diff":
            for of_file in block[2].split("--- ")[1:]:
                path, *hunks = of_file.split("\n@@\n")
                for hunk in hunks:
                    lines = hunk.rstrip("\n").splitlines()
                    before = "\n".join(line[1:] for line in lines if not line.startswith("+"))
                    after = "\n".join(line[1:] for line in lines if not line.startswith("-"))
                    changes.append((path, before, after))
    return changes


def test_the_index_names_every_page() -> None:
    index = (PAGES / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\]\(([\w-]+)\.md\)", index)) == {path.stem for path in PAGES.glob("*.md")} - {"README"}
    with_code = {path.stem for path in PAGES.glob("*.md") if "\n```python\n" in path.read_text(encoding="utf-8")}
    assert with_code - {"run-on-slurm", "run-on-kubernetes"} == {*IN_PROCESS, *IN_A_COPY}


@pytest.mark.parametrize("name", [*IN_PROCESS, *IN_A_COPY])
def test_a_page_asserts_something_and_is_no_longer_than_a_page(name: str) -> None:
    assert "assert " in code_of(page_text(name))
    assert len(page_text(name).splitlines()) <= MOST_LINES


@pytest.mark.parametrize("name", IN_PROCESS)
def test_the_code_of_a_page_runs_and_what_it_asserts_holds(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for file_name, text in files_of(page_text(name)).items():
        (tmp_path / file_name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    code = compile(code_of(page_text(name)), f"docs/howto/{name}.md", "exec")
    exec(code, {"__name__": f"howto_{name}"})  # noqa: S102  # our own page


def test_the_python_of_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = code_of((ROOT / "README.md").read_text(encoding="utf-8"))
    small = code.replace('{"mean_field": True}', repr(SMALL))
    assert small != code
    monkeypatch.chdir(tmp_path)
    exec(compile(small, "README.md", "exec"), {"__name__": "readme"})  # noqa: S102  # our own page


@pytest.mark.parametrize("name", IN_A_COPY)
def test_the_lines_of_a_page_work_where_it_puts_them(name: str, tmp_path: Path) -> None:
    for package in packages():
        shutil.copytree(ROOT / package, tmp_path / package)
    for path, before, after in changes_of(page_text(name)):
        source = (tmp_path / path).read_text(encoding="utf-8")
        assert source.count(before) == 1, f"{path} does not hold these lines once:\n{before}"
        (tmp_path / path).write_text(source.replace(before, after), encoding="utf-8")
    (tmp_path / "page.py").write_text(code_of(page_text(name)), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "page.py"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
