"""What figures are made for: a screen, a column of a paper, a slide. Size and type of every figure come from here."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

_SCREEN_INCHES = 9.6  # width that figures give their heights for
_EVERYWHERE = "DejaVu Sans"  # comes with matplotlib, so that a figure is the same everywhere
_AS_ARIAL = "Liberation Sans"  # letters as wide as Arial's; lies in the folder fonts
_NARROW_HEIGHT = 0.85  # of a narrow figure over a wide one: it has more lines of title and note


@dataclass(frozen=True)
class Medium:
    """Size and type of figures.

    ``width_inches``, ``narrow_inches``: of a figure, and of one with a single plain panel. ``stretch``: height over
    that on the screen at the same width; more where type is larger. ``height_inches``: of every figure if it is fixed.
    ``points``: size of plain text; titles and notes are shares of it. ``strokes``: weight of lines over the screen's.
    ``captioned``: title and note stand in a file beside the picture, not in it. ``fonts``: the first that has a letter.
    """

    name: str
    width_inches: float
    narrow_inches: float
    points: float
    dots_per_inch: int
    strokes: float = 1.0
    stretch: float = 1.0
    height_inches: float | None = None
    captioned: bool = False
    fonts: tuple[str, ...] = (_EVERYWHERE,)

    @property
    def landscape(self) -> bool:
        """Whether parts of a tall figure stand side by side because the height is fixed."""
        return self.height_inches is not None

    def size_inches(self, screen_height_inches: float, *, narrow: bool) -> tuple[float, float]:
        """Width and height of a figure that is so high on the screen."""
        height = self.height_inches or self.stretch * screen_height_inches * self.width_inches / _SCREEN_INCHES
        if narrow and self.narrow_inches < self.width_inches:
            return self.narrow_inches, _NARROW_HEIGHT * height
        return self.width_inches, height


SCREEN = Medium("screen", width_inches=_SCREEN_INCHES, narrow_inches=_SCREEN_INCHES, points=10.5, dots_per_inch=160)
PAPER = Medium(
    "paper", width_inches=7.0, narrow_inches=3.5, points=8.5, dots_per_inch=300, strokes=0.75, captioned=True,
    fonts=(_AS_ARIAL, _EVERYWHERE),
)  # fmt: skip  # both columns of a page or one
SLIDE = Medium(
    "slide", width_inches=13.33, narrow_inches=13.33, points=16.0, dots_per_inch=144, strokes=1.4, height_inches=7.5
)
MEDIA = {medium.name: medium for medium in (SCREEN, PAPER, SLIDE)}

_NOW: ContextVar[Medium] = ContextVar("medium", default=SCREEN)


def medium() -> Medium:
    """What figures are made for at the moment."""
    return _NOW.get()


@contextmanager
def made_for(chosen: Medium) -> Iterator[None]:
    """Figures drawn and saved inside are made for this medium."""
    before = _NOW.set(chosen)
    try:
        yield
    finally:
        _NOW.reset(before)
