"""Runs the tutorials, Markdown pages that are notebooks (Jupytext), and keeps the files they write in ``examples``.

``python -m experiments.documents.tutorials`` writes ``examples`` anew.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import jupytext
from nbclient import NotebookClient
from nbconvert import MarkdownExporter
from nbformat import NotebookNode

from experiments.documents.architecture_page import ROOT

FOLDER = ROOT / "docs" / "tutorials"
EXAMPLES = ROOT / "examples"
_WRITES = "%%writefile "
_COLUMNS = "110"  # of commands' tables
_LIMIT_S = 900  # for one cell, on a machine that has other work too


def tutorials() -> list[Path]:
    """Pages of the course in their order."""
    return sorted(path for path in FOLDER.glob("*.md") if path.name != "README.md")


def run_notebook(page: Path) -> NotebookNode:
    """A tutorial as a notebook with its outputs. Raises CellExecutionError if a cell does."""
    notebook: NotebookNode = jupytext.read(page, fmt="md")
    with TemporaryDirectory() as folder, _own_environment(Path(folder) / "cache"):
        client = NotebookClient(
            notebook, timeout=_LIMIT_S, kernel_name="python3", resources={"metadata": {"path": folder}}
        )
        client.execute()
    return notebook


def executed(page: Path) -> tuple[str, dict[str, bytes]]:
    """A tutorial as Markdown with its outputs, and its pictures by file name. Raises CellExecutionError."""
    names = {"output_files_dir": "pictures", "unique_key": page.stem}
    exporter = MarkdownExporter()  # type: ignore[no-untyped-call]  # nbconvert annotates its methods alone
    text, resources = exporter.from_notebook_node(run_notebook(page), resources=names)
    return text.replace("![png]", "![What the cell above draws]"), dict(resources["outputs"])


def files_written() -> dict[str, str]:
    """Content of the files that cells of the tutorials write, by name."""
    cells = [cell.source for page in tutorials() for cell in jupytext.read(page, fmt="md").cells]
    written = [cell.removeprefix(_WRITES).partition("\n") for cell in cells if cell.startswith(_WRITES)]
    return {name: f"{content}\n" for name, _, content in written}


def main() -> None:
    """Write the files of the tutorials to ``examples``."""
    for name, content in files_written().items():
        (EXAMPLES / name).write_text(content, encoding="utf-8")


@contextmanager
def _own_environment(cache: Path) -> Iterator[None]:
    """Cells find the ``detour`` of this Python first, print plain text, and leave no saved states behind."""
    paths = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
    with patch.dict(os.environ, {"PATH": paths, "DETOUR_CACHE": str(cache), "TERM": "dumb", "COLUMNS": _COLUMNS}):
        yield


if __name__ == "__main__":
    main()
