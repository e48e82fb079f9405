"""Writes the file tables of docs/architecture.md (``python -m experiments.documents.architecture_page``)."""

import ast
import tomllib
from pathlib import Path

from experiments.documents.evidence import put_between_markers
from experiments.documents.evidence_tables import markdown

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "architecture.md"
ORDER = (
    "base", "random", "exogenous", "vehicles", "policies", "charging", "trust", "buyers", "population", "fleet",
    "cells", "power", "makers", "conversion", "audit", "outcomes",
)  # fmt: skip
"""Parts of ``agents`` and ``market`` in the order of imports: each imports only from those before it."""


def packages() -> list[str]:
    """Top-level packages of the distribution, as pyproject.toml lists them."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return [str(name) for name in settings["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]]


def first_line(path: Path) -> str:
    """First line of a module's docstring, without its period. Raises ValueError if the module has none."""
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    if not docstring:
        raise ValueError(f"{path} has no docstring; begin it with one line that says what the module holds")
    return docstring.splitlines()[0].removesuffix(".").replace("``", "`").replace("|", "\\|")


def package_section(folder: Path, level: int = 3) -> str:
    """Heading, docstring and file table of a package, then the same for each package in it, one level down."""
    files = sorted(path for path in folder.glob("*.py") if path.name != "__init__.py")
    parts = [f"{'#' * level} {folder.name}", f"{first_line(folder / '__init__.py')}."]
    if files:
        parts.append(markdown(("file", "contents"), [(f"`{path.name}`", first_line(path)) for path in files]))
    inner = [path.parent for path in folder.glob("*/__init__.py")]
    parts.extend(package_section(package, level + 1) for package in sorted(inner, key=_place))
    return "\n\n".join(parts)


def _place(package: Path) -> tuple[int, str]:
    """Sectors in their order, then other packages by name."""
    return ORDER.index(package.name) if package.name in ORDER else len(ORDER), package.name


def rewritten(page: str) -> str:
    """The page with its file tables made again; everything outside the markers stays as written by hand."""
    return put_between_markers(page, "files", "\n\n".join(package_section(ROOT / name) for name in packages()))


def main() -> None:
    """Rewrite the page."""
    PAGE.write_text(rewritten(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
