"""How figures become pictures: laid out once, drawn once, the same bytes every time."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, cast

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from experiments.figures.formats import PDF, PNG, SVG
from experiments.figures.style import styled
from experiments.runs.whole_files import write_whole

# leaves out what changes between two savings
_METADATA: dict[str, dict[str, Any]] = {PNG: {"Software": None}, SVG: {"Date": None}, PDF: {"CreationDate": None}}
_DIGITS = 6  # of places of axes


def settle(figure: Figure) -> None:
    """Lay the axes out once and for all; rounded, because the solver's last digits are not always the same."""
    engine = figure.get_layout_engine()
    if engine is None:
        return
    with styled():
        engine.execute(figure)
        figure.set_layout_engine("none")
        for ax in figure.axes:
            ax.set_position(tuple(round(share, _DIGITS) for share in ax.get_position(original=True).bounds))


def picture(figure: Figure, ending: str = PNG) -> bytes:
    """A figure as the content of a file of that format; the same bytes for the same figure."""
    settle(figure)
    held = BytesIO()
    with styled():
        if ending == PNG:  # drawn directly: ``savefig`` would draw all of it twice, for layouts that are not fixed
            cast("FigureCanvasAgg", figure.canvas).print_png(held, metadata=_METADATA[PNG])  # type: ignore[no-untyped-call]
        else:
            figure.savefig(held, format=ending, metadata=_METADATA[ending])
    return held.getvalue()


def save(figure: Figure, stem: str | Path, formats: Sequence[str] = (PNG,)) -> list[Path]:
    """Write ``stem.png``, or files of other formats, and ``stem.txt`` if its caption stands beside it; each whole."""
    stem, paths = Path(stem), []
    for ending in formats:
        paths.append(stem.with_name(f"{stem.name}.{ending}"))
        write_whole(paths[-1], picture(figure, ending))
    if caption := str(figure.get_label()):
        write_whole(stem.with_name(f"{stem.name}.txt"), f"{caption}\n".encode())
    return paths
