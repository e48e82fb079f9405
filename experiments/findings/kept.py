"""The findings that come with Detour: two tables and what made them, and the sentences they make."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import cache
from operator import attrgetter
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import BaseModel, ConfigDict

from experiments.findings.amounts import amount
from experiments.findings.detour import CONTRASTS, DETOUR, HEADLINES, QUESTIONS, YEARS, Contrast
from experiments.findings.finding import Finding
from experiments.findings.lead import lead, reach
from experiments.findings.mechanisms import mechanism
from experiments.findings.summary import summary
from experiments.runs.whole_files import write_whole
from market.version import RESULTS_VERSION

FOLDER = Path(__file__).parent
"""Where the findings lie that come with Detour."""
EFFECTS, FACTS, NOTE = "findings.csv", "mechanisms.csv", "findings.json"
_DIGITS = "%.8g"
_HASH_SHOWN = 12
_SHARE_OF_2030 = "bev_share_new@2030"
_TEXT = {"world", "against", "outcome", "label", "unit", "when"}


class Hindcast(BaseModel):
    """The score of the scored hindcast: the BEV share four quarters ahead in 2023-24, and what must be shown.

    ``error``, ``rule_error``: mean absolute errors of the model and of the best simple rule, shares of new sales;
    ``held``: share of outcomes within 80 % bands; ``storage``: forecast over recorded storage additions, less 1.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    error: float
    rule: str
    rule_error: float
    held: float
    storage: float
    reached: int
    of: int

    @property
    def sentence(self) -> str:
        """The score in one line."""
        share = amount("share")
        return (
            f"Hindcast: a year ahead the model missed the BEV share of 2023-24 by {share.difference(self.error, 1)} "
            f"({self.rule}: {share.difference(self.rule_error, 1)}) and storage additions by {self.storage:+.0%}; its "
            f"80% bands held {self.held:.0%} of outcomes; it reaches {self.reached} of {self.of} aims "
            "(docs/hindcast.md, must show)."
        )

    @property
    def in_short(self) -> str:
        """How far it is to be trusted, in a sentence about what the reader has not met yet."""
        far = "low" if self.storage < 0.0 else "high"
        so = ", so trust signs before sizes" if self.reached < self.of else ""
        return (
            "The intervals are of chance only; forecasting past years from what was known before them (the hindcast), "
            f"the model was {abs(self.storage):.0%} too {far} on storage additions and reached {self.reached} of "
            f"{self.of} aims set for it{so}."
        )


class Note(BaseModel):
    """What made the findings. ``levels``: deciles 1, 5 and 9 of the reference's outcomes over streams."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    command: str
    design: str
    streams: int
    seed: int
    results_version: int
    model_version: str
    code_sha256: str
    versions: dict[str, str]
    levels: dict[str, list[float]]
    hindcast: Hindcast

    @property
    def made_by(self) -> str:
        """The model version in words."""
        code = self.code_sha256[:_HASH_SHOWN]
        return f"Detour {self.versions['battery-detour']}, results version {self.results_version}, code {code}"


@dataclass(frozen=True)
class Kept:
    """Findings with the facts behind them. ``effects``: as ``detour.effects``; ``facts``: ``mechanisms.facts_of``."""

    effects: pd.DataFrame
    facts: pd.DataFrame
    note: Note

    def of(self, contrast: str, year: int | None = None, question: str | None = None) -> list[Finding]:
        """Findings of a contrast, of one year or one question if so asked."""
        rows = self.effects[self.effects["contrast"] == contrast]
        if year is not None:
            rows = rows[rows["when"] == str(year)]
        if question is not None:
            rows = rows[rows["question"] == question]
        names = [each.name for each in fields(Finding)]
        return [Finding(**{name: _plain(name, row[name]) for name in names}) for _, row in rows.iterrows()]

    def answers(self, contrast: str, told_as: Callable[[Finding], str] = attrgetter("clause")) -> dict[str, list[str]]:
        """Sentences of a contrast by question, headlines alone, each with all years."""
        told = {}
        for question in QUESTIONS:
            own = [each for each in self.of(contrast, question=question) if each.outcome in HEADLINES]
            labels = dict.fromkeys(each.label for each in own)
            told[question] = [
                f"{label}: {'; '.join(told_as(each) for each in own if each.label == label)}." for label in labels
            ]
        return told

    @property
    def summary(self) -> str:
        """What the detour does to the headlines, in a sentence a year."""
        by_year = [[each for each in self.of(DETOUR, year) if each.outcome in HEADLINES] for year in YEARS]
        return " ".join(
            summary(found, subject) for found, subject in zip(by_year, ("the detour", "it"), strict=True) if found
        )

    @property
    def lead(self) -> str:
        """What the detour does, with its main numbers, in a few sentences."""
        return lead(self._by_question)

    @property
    def reach(self) -> str:
        """What the detour changes and what hardly, in a few words."""
        return reach(self._by_question)

    @property
    def _by_question(self) -> dict[str, list[Finding]]:
        return {question: self.of(DETOUR, question=question) for question in QUESTIONS}

    def why(self, contrast: Contrast, year: int) -> list[str]:
        """How it comes about, in sentences."""
        facts = self.facts[self.facts["contrast"] == contrast.key]
        return mechanism(contrast, self.of(contrast.key, year), facts, year)

    @property
    def how_sure(self) -> list[str]:
        """What intervals are of, how wide chance is, and how well the model has forecast, in sentences."""
        low, median, high = self.note.levels[_SHARE_OF_2030]
        share = amount("share")
        chance = (
            f"Intervals are over {self.note.streams} random streams that both worlds share: chance alone, not "
            "uncertain parameters or errors of the model."
        )
        level = (
            f"Levels are less sure than differences: BEVs are {share.level(median, 1)} of new cars in 2030 in the "
            f"median stream, {share.level(low, 1)} to {share.level(high, 1)} in 80% of streams."
        )
        return [chance, level, self.note.hindcast.sentence]

    @property
    def source(self) -> str:
        """Who says so."""
        is_of_this = self.note.results_version == RESULTS_VERSION
        return f"Found by {self.note.made_by}{'' if is_of_this else f'; results are of version {RESULTS_VERSION} now'}."


def _plain(name: str, cell: Any) -> Any:
    if name in _TEXT:
        return str(cell)
    return int(cell) if name == "pairs" else float(cell)


def contrast_named(key: str) -> Contrast:
    """The contrast of a key. Raises KeyError."""
    return {each.key: each for each in CONTRASTS}[key]


@cache
def kept(folder: Path = FOLDER) -> Kept:
    """The findings in a folder. Raises FileNotFoundError."""
    effects = pd.read_csv(folder / EFFECTS, dtype=dict.fromkeys([*sorted(_TEXT), "contrast", "question"], str))
    note = Note.model_validate(json.loads((folder / NOTE).read_text(encoding="utf-8")))
    return Kept(effects, pd.read_csv(folder / FACTS), note)


def write(found: Kept, folder: Path = FOLDER) -> Sequence[Path]:
    """Write findings; each file appears whole. Raises OSError if the disk refuses."""
    contents = {
        EFFECTS: found.effects.to_csv(index=False, float_format=_DIGITS),
        FACTS: found.facts.to_csv(index=False, float_format=_DIGITS),
        NOTE: json.dumps(found.note.model_dump(mode="json"), indent=1) + "\n",
    }
    for name, text in contents.items():
        write_whole(folder / name, text.encode())
    return [folder / name for name in contents]


DETOUR_CONTRAST = contrast_named(DETOUR)
"""The contrast that answers the question."""
