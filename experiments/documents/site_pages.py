"""Pages of the site that docs does not hold as they are: README and others, the code, tutorials with outputs.

MkDocs calls these functions while it builds (``hooks`` in ``mkdocs.yml``).
"""

import re
from pathlib import Path
from posixpath import normpath, relpath

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from experiments.documents.architecture_page import ROOT, first_line, packages
from experiments.documents.tutorials import FOLDER, executed

FROM_PROJECT = {
    "index.md": "README.md",
    "contributing.md": "CONTRIBUTING.md",
    "changelog.md": "CHANGELOG.md",
    "examples.md": "examples/README.md",
    "results.md": "results/README.md",
    "benchmarks.md": "benchmarks/README.md",
    "measured.md": "results/benchmarks.md",
}
"""Pages of the site that lie elsewhere in the project, by their place in the site."""

_CODE = "reference/code"
_LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s#:]+)(#[^)\s]*)?\)")
_FENCED = re.compile(r"^(```.*?^```)$", re.MULTILINE | re.DOTALL)
_PICTURES = (".png", ".svg")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Add what is listed by the files themselves to the navigation: every decision, every package."""
    decisions = sorted(path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs/decisions").glob("0*.md"))
    added = {"Decisions": decisions, "Reference": [{"Code": [_code_uri(each) for each in code_packages()]}]}
    for section in config.nav or []:
        for title, pages in section.items():
            pages.extend(added.get(title, []))
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add pages from elsewhere in the project and a page for each package of its code."""
    for uri, source in FROM_PROJECT.items():
        files.append(File.generated(config, uri, abs_src_path=str(ROOT / source)))
    for package in code_packages():
        files.append(File.generated(config, _code_uri(package), content=code_page(package)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Run a tutorial and add its outputs; turn links to files of the project into links of the site."""
    uri = page.file.src_uri
    pictures: dict[str, bytes] = {}
    if config.extra["run_tutorials"] and (ROOT / "docs" / uri).parent == FOLDER and page.file.name != "index":
        markdown, pictures = executed(ROOT / "docs" / uri)
    for name, content in pictures.items():
        files.append(File.generated(config, f"{Path(uri).parent.as_posix()}/{name}", content=content))
    wanted = {each for each in linked(markdown, uri) if each.endswith(_PICTURES) and not each.startswith("docs/")}
    for picture in sorted(wanted - {each.src_uri for each in files}):
        files.append(File.generated(config, picture, abs_src_path=str(ROOT / picture)))
    return with_site_links(markdown, uri)


def code_packages() -> list[Path]:
    """Folders of the code with modules to document, relative to the project."""
    folders = (path.parent for name in packages() for path in (ROOT / name).rglob("__init__.py"))
    return sorted(folder.relative_to(ROOT) for folder in folders if len(list(folder.glob("*.py"))) > 1)


def code_page(package: Path) -> str:
    """Markdown that asks mkdocstrings for the modules of a package."""
    name = ".".join(package.parts)
    modules = sorted(path.stem for path in (ROOT / package).glob("*.py") if path.stem != "__init__")
    head = f"# {name}\n\n{first_line(ROOT / package / '__init__.py')}.\n\n"
    return head + "\n\n".join(f"::: {name}.{module}" for module in modules) + "\n"


def linked(markdown: str, uri: str) -> set[str]:
    """Files of the project that a page links to, from the project's folder."""
    return {_in_project(target, uri) for _, _, target, _ in _LINK.findall(_FENCED.sub("", markdown))}


def with_site_links(markdown: str, uri: str) -> str:
    """A page whose links between files of the project lead to pages of the site; other files keep their text alone.

    A dollar that the pages of a forge would take for mathematics is a plain one here.
    """

    def changed(link: re.Match[str]) -> str:
        mark, text, target, anchor = link.groups(default="")
        there = _in_site(_in_project(target, uri), picture=bool(mark))
        return f"{mark}[{text}]({relpath(there, Path(uri).parent)}{anchor})" if there else text

    parts = _FENCED.split(markdown)
    return "".join(part if part.startswith("```") else _plain(_LINK.sub(changed, part)) for part in parts)


def _plain(text: str) -> str:
    return text.replace(r"\$", "$")


def _in_project(target: str, uri: str) -> str:
    source = FROM_PROJECT.get(uri, f"docs/{uri}")
    return normpath(f"{Path(source).parent.as_posix()}/{target}")


def _in_site(path: str, *, picture: bool) -> str | None:
    """Place of a file of the project in the site; None if it has none."""
    moved = {source: uri for uri, source in FROM_PROJECT.items()}
    if path.startswith("docs/"):
        return path.removeprefix("docs/")
    return path if picture else moved.get(path)


def _code_uri(package: Path) -> str:
    return f"{_CODE}/{'.'.join(package.parts)}.md"
