"""What pages say of the findings, as Markdown: README.md and docs/scenarios.md; the gallery asks for its own."""

from collections.abc import Callable, Mapping
from operator import attrgetter
from pathlib import Path

from experiments.documents.evidence_tables import markdown
from experiments.findings.amounts import amount
from experiments.findings.detour import CONTRASTS, DETOUR, QUESTIONS, YEARS, Contrast
from experiments.findings.finding import Finding
from experiments.findings.kept import DETOUR_CONTRAST, Kept
from experiments.shown_text import markdown_text
from experiments.studies.comparison import CONFIDENCE

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
SCENARIOS = ROOT / "docs" / "scenarios.md"
MARKER = "findings"
_MARKED = {"(the detour)": "(the *detour*)", " aims ": " [aims](docs/hindcast.md#must-show) "}
FIRST_YEAR = YEARS[0]
PICTURES: Mapping[str, str] = {
    "bev_share": QUESTIONS[0], "prices": QUESTIONS[1], "cell_capacity": QUESTIONS[2], "storage_by_region": QUESTIONS[3],
}  # fmt: skip
"""Figures of the gallery that show what a question asks for."""


def first_screen(found: Kept) -> dict[str, str]:
    """The answer on the README: in short, then effects by question, why, how sure, who says so."""
    contrast = DETOUR_CONTRAST
    lead = _text([found.lead, found.note.hindcast.in_short])
    for plain, marked in _MARKED.items():
        lead = lead.replace(plain, marked)
    head = (
        f"Effects ({contrast.world} less `{contrast.against}`) are means over {found.note.streams} paired random "
        f"streams with their {CONFIDENCE:.0%} intervals:"
    )
    briefly = found.answers(DETOUR, attrgetter("brief"))
    answers = [f"* **{question}.** {_text(sentences)}" for question, sentences in briefly.items()]
    why = f"* **Why.** {_text(found.why(contrast, FIRST_YEAR))}"
    sure = f"* **How sure.** {_text(found.how_sure)}"
    source = (
        f"{found.source} [All outcomes and other worlds](docs/scenarios.md#no-detour), [hindcast](docs/hindcast.md)."
    )
    return {MARKER: "\n".join([f"**What does the detour do?** {lead}", "", head, "", *answers, why, sure, "", source])}


def by_scenario(found: Kept) -> dict[str, str]:
    """A table of effects and their reasons for each contrast, by the marker of its scenario."""
    return {f"{_scenario(each)} finding": _contrast(found, each) for each in CONTRASTS}


def _scenario(contrast: Contrast) -> str:
    return contrast.against if contrast.key == DETOUR else contrast.world


def _contrast(found: Kept, contrast: Contrast) -> str:
    own = [each for question in QUESTIONS for each in found.of(contrast.key, question=question)]
    rows = [_row(each) for each in sorted(own, key=lambda each: [one.outcome for one in own].index(each.outcome))]
    heads = ("outcome", "year", contrast.against, contrast.world, "effect", f"{CONFIDENCE:.0%} interval", "reading")
    why = [f"{_text(found.why(contrast, year))}" for year in YEARS]
    title = f"{contrast.meaning}: {contrast.world} less {contrast.against}, {found.note.streams} paired random streams."
    picture = ["![Effects of each world with their intervals](images/effects.png)"] if contrast.key == DETOUR else []
    return "\n\n".join([title, markdown(heads, rows), *picture, *why, found.source])


def _row(found: Finding) -> tuple[str, ...]:
    kind = amount(found.unit)
    decimals = found.decimals
    return (
        found.label, found.when, kind.level(found.before, decimals), kind.level(found.before + found.effect, decimals),
        kind.difference(found.effect, decimals, sign=True), kind.bounds(found.low, found.high, decimals),
        found.direction,
    )  # fmt: skip


def caption(found: Kept, figure: str) -> str:
    """What the detour does to what a figure of the gallery shows; empty for figures of other things."""
    if figure not in PICTURES:
        return ""
    sentences = found.answers(DETOUR)[PICTURES[figure]]
    return f"What the detour does to it ({DETOUR_CONTRAST.world} less {DETOUR_CONTRAST.against}): {_text(sentences)}"


def _text(sentences: list[str]) -> str:
    return markdown_text(" ".join(sentences))


PAGES: Mapping[Path, Callable[[Kept], dict[str, str]]] = {README: first_screen, SCENARIOS: by_scenario}
"""What stands between markers of a page, by marker."""
