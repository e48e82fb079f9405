"""A calibration from its first wave to its draws, in a folder where it goes on after any stop."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from agents.arrays import Bools, Floats
from experiments.calibration.emulators import CUT, Emulator, fitted, held_out, implausibility, quality
from experiments.calibration.posterior import cube_of, imagined, posterior_scores
from experiments.calibration.priors import FITTED, names, shares
from experiments.calibration.ranks import ranks
from experiments.calibration.spreading import spread_out
from experiments.calibration.tables import draws_table, fit_table, parameters_table
from experiments.calibration.targets import Target, targets
from experiments.calibration.waves import carry_out_wave, maximin
from experiments.errors import InputError
from experiments.runs.provenance import here
from experiments.runs.whole_files import write_whole
from experiments.studies.engine import Engine
from experiments.studies.study import Told
from market.version import RESULTS_VERSION

MANIFEST = "calibration.json"
FEWEST = 20
"""Evaluations of the first wave below which emulators of ten parameters know nothing."""
_TABLE_ROWS, _ACCEPTED = 40_000, 800
_RANK_ROWS, _RANK_ACCEPTED = 10_000, 400
_CANDIDATES = 2_000


@dataclass(frozen=True)
class Sizes:
    """Evaluations of the first and the second wave, posterior draws, and how many of these the model checks."""

    first: int = 120
    second: int = 48
    draws: int = 200
    checked: int = 24


@dataclass(frozen=True)
class Calibration:
    """What a calibration found: tables by name (see ``tables``), and the share of the priors not ruled out."""

    tables: Mapping[str, pd.DataFrame]
    not_ruled_out_share: float


def calibrate(folder: Path, sizes: Sizes, engine: Engine, tell: Told, seed: int = 1) -> Calibration:
    """Two waves, emulators, ranks of known truths, draws and their check; tables are written into ``folder``.

    Raises InputError for sizes that are too small or not those the folder was begun with, RunFailedError.
    """
    wanted = {target.statistic: target for target in targets()}
    _begin(folder, sizes, seed)
    first = carry_out_wave(folder / "wave-1", maximin(sizes.first, len(FITTED), seed), engine, tell)
    table = np.random.default_rng(seed).random((_TABLE_ROWS, len(FITTED)))
    with threadpool_limits(1):
        left = table[_plausible(_emulators(first, wanted), wanted, table)][:_CANDIDATES]
    second = carry_out_wave(folder / "wave-2", left[spread_out(left, sizes.second)], engine, tell)
    with threadpool_limits(1):
        scores, share = _posterior(pd.concat([first, second], ignore_index=True), wanted, table, sizes.draws, seed)
    among = scores[spread_out(scores, sizes.checked)]
    checked = carry_out_wave(folder / "check", cube_of(among), engine, tell)
    with threadpool_limits(1):
        found = Calibration(_tables(first, second, checked, scores, table, seed), share)
    for name, frame in found.tables.items():
        write_whole(folder / f"{name}.csv", frame.to_csv(index=False).encode())
    _note(folder, sizes, seed, not_ruled_out_share=share, complete=True)
    return found


def _begin(folder: Path, sizes: Sizes, seed: int) -> None:
    """Note what is being made. Raises InputError if it is too little, or the folder holds another calibration."""
    if sizes.first < FEWEST or sizes.second < 1 or sizes.checked < 1 or sizes.draws < sizes.checked:
        raise InputError(
            f"a calibration needs {FEWEST} evaluations or more in its first wave, one in its second and as many draws "
            "as are checked"
        )
    folder.mkdir(parents=True, exist_ok=True)
    there = folder / MANIFEST
    if not there.exists():
        _note(folder, sizes, seed, complete=False)
        return
    begun = json.loads(there.read_text(encoding="utf-8"))
    if (begun.get("sizes"), begun.get("seed")) != (asdict(sizes), seed):
        raise InputError(f"{folder} holds a calibration of other sizes or another seed; choose another --out")


def _note(folder: Path, sizes: Sizes, seed: int, **more: float | bool) -> None:
    made_by = here()
    content = {
        "sizes": asdict(sizes), "seed": seed, "results_version": RESULTS_VERSION, "code": made_by.code.sha256,
        "versions": made_by.versions, **more,
    }  # fmt: skip
    write_whole(folder / MANIFEST, json.dumps(content, indent=2).encode())


def _cube(rows: pd.DataFrame) -> Floats:
    return shares(rows[list(names())].to_numpy())


def _emulators(rows: pd.DataFrame, wanted: Mapping[str, Target]) -> list[Emulator]:
    cube = _cube(rows)
    return [fitted(name, cube, rows[name].to_numpy()) for name in wanted]


def _plausible(emulators: Sequence[Emulator], wanted: Mapping[str, Target], cube: Floats) -> Bools:
    """Which rows no target rules out, (rows,).

    A target that the whole design misses by more than ``CUT`` says that the model is wrong there, not which parameters
    are: it rules out none.
    """
    mean, sd = (np.stack(each, axis=1) for each in zip(*(emulator.at(cube) for emulator in emulators), strict=True))
    off = implausibility(mean, sd, wanted, [emulator.statistic for emulator in emulators])
    can_tell = off.min(axis=0) <= CUT
    return np.asarray((off[:, can_tell] <= CUT).all(axis=1))


def _posterior(
    rows: pd.DataFrame, wanted: Mapping[str, Target], table: Floats, draws: int, seed: int
) -> tuple[Floats, float]:
    """Normal scores of draws, (draws, priors), and the share of ``table`` that targets do not rule out."""
    emulators = _emulators(rows, wanted)
    could = imagined(emulators, wanted, table, seed)
    observed = np.array([target.target for target in wanted.values()])
    scores = posterior_scores(could, observed, _ACCEPTED, draws, seed)
    return scores, float(_plausible(emulators, wanted, table).mean())


def _tables(
    first: pd.DataFrame, second: pd.DataFrame, checked: pd.DataFrame, scores: Floats, table: Floats, seed: int
) -> dict[str, pd.DataFrame]:
    wanted = {target.statistic: target for target in targets()}
    both = pd.concat([first, second], ignore_index=True)
    seen, cube = first[list(wanted)], _cube(first)
    rank = ranks(
        cube, seen, held_out(cube, seen).by_fold, wanted, table[:_RANK_ROWS], accepted=_RANK_ACCEPTED, seed=seed
    )
    return {
        "parameters": parameters_table(scores, rank),
        "targets": fit_table(first, checked, wanted),
        "emulators": quality(both[list(wanted)], held_out(_cube(both), both[list(wanted)]), wanted),
        "ranks": pd.DataFrame(rank, columns=list(names())),
        "posterior": draws_table(scores, seed),
    }
