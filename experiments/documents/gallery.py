"""Rewrite the pictures of docs/gallery.md: ``python -m experiments.documents.gallery``. Some minutes.

Pictures come from the reference run and from the studies kept in ``results``, whatever there is; a new one is added to
git first.
"""

import io
import re
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import Image

from experiments.commands.study_options import USUAL_STREAMS
from experiments.documents.evidence import put_between_markers
from experiments.documents.findings_pages import caption
from experiments.figures.registry import FIGURES
from experiments.figures.saving import picture
from experiments.findings.kept import kept as kept_findings
from experiments.inputs.scenario_files import REFERENCE, load_scenario
from experiments.runs.run import simulate
from experiments.runs.streams import StreamsWanted, with_streams
from experiments.runs.whole_files import write_whole

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "gallery.md"
PICTURES = PAGE.parent / "images" / "gallery"
SEED = 1
_WIDTH, _COLORS = 960, 256  # of a picture: enough for a page, and light
_COMMAND = re.compile(r"`((?:detour|python -m) [^`]+)`")


@dataclass(frozen=True)
class Entry:
    """A figure: the file that draws it and the command that makes one where no picture is kept.

    ``stem``: what the names of its pictures begin with in the folder of a study; empty for a figure of a run.
    """

    module: str
    stem: str = ""
    command: str = "detour run"

    @property
    def name(self) -> str:
        """Of the figure: that of its file without the folder."""
        return self.module.rpartition("/")[2]


ENTRIES = {
    "bev_share": Entry("bev_share"),
    "bev_share_fan": Entry("of_studies/bev_share_fan", "bev_share_fan", "detour compare A B"),
    "sales_by_powertrain": Entry("sales_by_powertrain"),
    "cell_capacity": Entry("cell_capacity"),
    "charging_map": Entry("maps/charging_map"),
    "policy_wedge": Entry("of_studies/policy_wedge", "policy_wedge", "detour sweep policy-wedge"),
    "prices": Entry("prices"),
    "retention": Entry("retention"),
    "storage_by_region": Entry("storage_by_region"),
    "by_place": Entry("of_studies/by_place", "by_place", "detour sweep places-and-firms"),
    "conversion_frontier": Entry(
        "of_studies/conversion_frontier", "conversion_frontier", "python -m experiments.studies.conversion_frontier"
    ),
    "one_at_a_time": Entry("of_studies/sensitivity_bars", "one-at-a-time", "detour sensitivity one-at-a-time"),
    "sobol": Entry("of_studies/sensitivity_bars", "sobol", "detour sensitivity DESIGN"),
    "morris": Entry("of_studies/morris_scatter", "morris", "detour sensitivity what-matters"),
    "back_test": Entry("of_studies/hindcast", "back_test", "detour sweep back-test"),
    "profits": Entry("profits"),
    "trust": Entry("trust"),
    "interval_convergence": Entry("of_studies/interval_convergence", "interval_convergence", "detour compare A B"),
    "explanation": Entry("explanation"),
    "cell_flows": Entry("cell_flows"),
    "bev_share_by_state": Entry("maps/bev_share_by_state"),
    "cells_map": Entry("maps/cells_map"),
    "state_map": Entry("of_studies/state_map", "state_map", "detour sweep places-and-firms"),
    "grid_map": Entry("of_studies/grid_map", "grid", "detour sweep detour-frontier"),
}
"""Figures by the name of their markers in the page, in its order."""


def kept(entry: Entry) -> list[Path]:
    """Pictures of a figure in the folders of studies that are kept, in the order of their names."""
    if not entry.stem:
        return []
    return [path for path in kept_pictures() if re.fullmatch(rf"{entry.stem}(_.*)?", path.stem)]


@cache
def kept_pictures() -> list[Path]:
    """Pictures of studies that git keeps, in the order of their names: other studies may lie beside them."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--", "results/*/*.png"],  # noqa: S607 - git is found on PATH
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    return sorted(ROOT / name for name in listed.split("\0") if name)


def picture_of(path: Path) -> Path:
    """Where the small copy of a study's picture stands."""
    return PICTURES / f"{path.parent.name}-{path.name}"


def command_of(study: Path) -> str:
    """The command that the page of a study's folder gives; that it is kept is enough if it gives none."""
    page = study / "README.md"
    found = _COMMAND.search(page.read_text(encoding="utf-8")) if page.is_file() else None
    return found.group(1) if found else f"see results/{study.name}"


def page() -> str:
    """The page with what is kept in ``results`` between its markers; runs nothing."""
    written = PAGE.read_text(encoding="utf-8")
    for name, entry in ENTRIES.items():
        written = put_between_markers(written, name, shown(entry))
    return written


def shown(entry: Entry) -> str:
    """Command and pictures of a figure, or that none is kept."""
    found = kept(entry)
    commands = list(dict.fromkeys(command_of(path.parent) for path in found)) or [entry.command]
    pictures = [picture_of(path) for path in found] if entry.stem else [PICTURES / f"{entry.name}.png"]
    parts = [f"`{'`, `'.join(commands)}`, drawn by `figures/{entry.module}.py`"]
    parts += [f"![{path.stem}]({path.relative_to(PAGE.parent).as_posix()})" for path in pictures]
    told = caption(kept_findings(), entry.name)
    parts += [told] if told else []
    return "\n\n".join(parts if pictures else [*parts, "No study with this figure is kept yet."])


def small(content: bytes) -> bytes:
    """A PNG picture made small: of a page's width, in few colors."""
    image = Image.open(io.BytesIO(content)).convert("RGB")
    image = image.resize((_WIDTH, round(image.height * _WIDTH / image.width)), Image.Resampling.LANCZOS)
    held = io.BytesIO()
    # this method keeps rare colors, one round of k-means makes the common ones exact
    few = image.quantize(_COLORS, Image.Quantize.MAXCOVERAGE, kmeans=1, dither=Image.Dither.NONE)
    few.save(held, "png", optimize=True)
    return held.getvalue()


def _unheard(_quarter: str, _done: int, _in_all: int) -> None:
    """Nobody waits for progress."""


def main() -> None:
    """Run the reference with its streams, write all pictures and the page; pictures of studies that are gone go."""
    reference = load_scenario(REFERENCE).scenario
    result = with_streams(simulate(reference, REFERENCE, SEED, _unheard), reference, StreamsWanted(USUAL_STREAMS))
    pictures = {PICTURES / f"{name}.png": picture(figure(result)) for name, figure in FIGURES.items()}
    pictures |= {picture_of(path): path.read_bytes() for entry in ENTRIES.values() for path in kept(entry)}
    PICTURES.mkdir(parents=True, exist_ok=True)
    for gone in sorted(set(PICTURES.glob("*.png")) - pictures.keys()):
        gone.unlink()
    for path, content in pictures.items():
        write_whole(path, small(content))
        sys.stdout.write(f"{path}\n")
    write_whole(PAGE, page().encode())


if __name__ == "__main__":
    main()
