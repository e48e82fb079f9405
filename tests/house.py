"""The house as tests of its order read it: the packages' parsed files, and small ones laid out to plant a fault in."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
LAYERS = ("agents", "market", "experiments", "detour")


@cache
def sources(root: Path) -> dict[str, ast.Module]:
    """Parsed files of the packages, by module name (``market.base.tables``; a package by its own name)."""
    return {
        ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__"): ast.parse(
            path.read_text(encoding="utf-8"), filename=str(path)
        )
        for layer in LAYERS
        for path in sorted((root / layer).rglob("*.py"))
    }


def lay(root: Path, files: dict[str, str]) -> Path:
    """Write a small house of the packages under ``root``, with ``files`` (path: source) in it."""
    for name, source in ({f"{layer}/__init__.py": '"""Layer."""\n' for layer in LAYERS} | files).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    return root
