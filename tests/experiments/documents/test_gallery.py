"""The gallery shows every figure there is, with pictures that are there and light, and is what its command writes."""

import io
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from experiments.documents import gallery
from experiments.figures.registry import FIGURES

FIGURES_FOLDER = Path(gallery.__file__).parents[1] / "figures"
SHARED = {
    "__init__",
    "drawing",
    "factor_names",
    "fan",
    "formats",
    "map_layout",
    "media",
    "place_names",
    "printed",
    "places",
    "ranked_effects",
    "registry",
    "saving",
    "style",
    "study_style",
    "titles",
    "us_map",
}  # draw no figure of their own
ON_ANOTHER_PAGE = {
    "ports_by_state": "evidence",
    "of_studies/hindcast_scores": "hindcast",
    "of_studies/prior_posterior": "calibration",
    "of_studies/effects": "scenarios",
}
"""Pages that figures stand on instead, by the file that draws them."""
MOST_BYTES = 150 * 1024


def test_every_figure_of_the_catalogue_and_every_file_that_draws_one_is_in_the_gallery() -> None:
    entries = gallery.ENTRIES.values()
    assert FIGURES.keys() == {entry.name for entry in entries if not entry.stem}
    files = [path for path in FIGURES_FOLDER.rglob("*.py") if path.stem not in SHARED]
    drawing = {path.relative_to(FIGURES_FOLDER).with_suffix("").as_posix() for path in files}
    assert {entry.module for entry in entries} == drawing - ON_ANOTHER_PAGE.keys()
    for name, page in ON_ANOTHER_PAGE.items():
        assert f"{Path(name).name}.png" in (gallery.PAGE.parent / f"{page}.md").read_text(encoding="utf-8")


def test_every_figure_has_a_heading_and_a_sentence_of_how_to_read_it() -> None:
    sections = gallery.PAGE.read_text(encoding="utf-8").split("\n## ")[1:]
    assert len(sections) == len(gallery.ENTRIES)
    for section, name in zip(sections, gallery.ENTRIES, strict=True):
        title, sentence, rest = section.split("\n\n", 2)
        assert title
        assert sentence.endswith(".")
        assert len(sentence.split()) > 8
        assert rest.startswith(f"<!-- {name} -->")


def test_the_page_is_what_its_command_writes_from_what_is_kept() -> None:
    assert gallery.PAGE.read_text(encoding="utf-8") == gallery.page(), "repeat python -m experiments.documents.gallery"


def test_every_kept_picture_of_a_study_is_shown() -> None:
    shown = {path for entry in gallery.ENTRIES.values() for path in gallery.kept(entry)}
    assert shown == set(gallery.kept_pictures())
    assert shown


def test_pictures_are_there_and_light_and_no_other_lies_about() -> None:
    linked = {
        gallery.PAGE.parent / found for found in re.findall(r"!\[[^]]*\]\(([^)]+)\)", gallery.PAGE.read_text("utf-8"))
    }
    assert linked == set(gallery.PICTURES.glob("*"))
    assert {path.name for path in linked if path.stat().st_size > MOST_BYTES} == set()


def test_numbers_go_up_and_none_of_twenty_is_left_out() -> None:
    page = gallery.PAGE.read_text(encoding="utf-8")
    numbers = [int(found) for found in re.findall(r"^## (\d+)\. ", page, re.MULTILINE)]
    assert numbers == sorted(numbers)
    assert set(numbers) == set(range(1, 21))


def test_a_study_gives_its_own_command_and_one_without_a_page_is_pointed_to(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# x\n\nMake it again: `detour sweep x --points 3` (market 1).\n", "utf-8")
    assert gallery.command_of(tmp_path) == "detour sweep x --points 3"
    assert gallery.command_of(tmp_path / "other") == "see results/other"


@pytest.mark.parametrize("size", [(1920, 1080), (480, 600)])
def test_a_small_picture_has_the_width_of_the_page_and_its_shape(size: tuple[int, int]) -> None:
    held = io.BytesIO()
    Image.new("RGB", size, "#0173b2").save(held, "png")
    made = Image.open(io.BytesIO(gallery.small(held.getvalue())))
    assert made.size == (960, round(size[1] * 960 / size[0]))
    assert made.convert("RGB").getpixel((5, 5)) == (1, 115, 178)


def test_a_small_picture_keeps_its_colors() -> None:
    whole = Image.open(gallery.ROOT / "docs/images/cell_capacity.png").convert("RGB")
    held = io.BytesIO()
    whole.save(held, "png")
    made = Image.open(io.BytesIO(gallery.small(held.getvalue()))).convert("RGB")
    same = whole.resize(made.size, Image.Resampling.LANCZOS)
    assert np.abs(np.asarray(made, int) - np.asarray(same, int)).max() <= 25  # of 255: no two colors are mixed up
