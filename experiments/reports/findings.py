"""Findings in a report: what is found, how sure it is, and which model version says so."""

from collections.abc import Mapping, Sequence

import pandas as pd

from experiments.findings.detour import CONTRASTS, DETOUR, YEARS, Contrast
from experiments.findings.kept import contrast_named, kept
from experiments.findings.of_study import sentences
from experiments.reports.frame import items, sentence
from experiments.runs.store import Result
from experiments.studies.study_files import StudyManifest

TITLE = "Findings by scenario"


def of_a_run(result: Result) -> tuple[str, str]:
    """The kept findings of the contrast that a run's scenario belongs to."""
    manifest, found = result.manifest, kept()
    contrast = contrast_of(manifest.name)
    data = "With the shipped data, not those of this run: " if manifest.data_packs else ""
    worlds = f"{contrast.world} less {contrast.against}"
    head = f"{data}{contrast.meaning}: {worlds}, {found.note.streams} paired random streams."
    answers = [line for lines in found.answers(contrast.key).values() for line in lines]
    parts = [
        sentence(head), items([*answers, *found.why(contrast, YEARS[0])]), sentence("How sure:"),
        items(found.how_sure), sentence(found.source),
    ]  # fmt: skip
    return f"What {'the detour' if contrast.key == DETOUR else contrast.world} does", "".join(parts)


def contrast_of(name: str) -> Contrast:
    """The contrast that a scenario of this name is the other world of; that of the detour for others."""
    base = name.partition("+")[0]
    return next((each for each in CONTRASTS if each.key == base), contrast_named(DETOUR))


def of_a_comparison(
    manifest: StudyManifest, tables: Mapping[str, pd.DataFrame], outcomes: Sequence[str]
) -> tuple[str, str]:
    """What each scenario of a study does against the first.

    Raises InputError where no pair succeeded.
    """
    first = manifest.points[0].scenario
    told = [
        sentence(f"{scenario} against {first}:") + items(lines)
        for scenario, lines in sentences(manifest, tables, outcomes)
    ]
    made = f"Found by Detour {manifest.versions['battery-detour']}, {manifest.model} {manifest.model_version}."
    return TITLE, "".join(told) + sentence(made)
