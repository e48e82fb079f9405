"""Makes the same small runs and study in many surroundings and notes what is the same: the determinism matrix.

``python -m tests.reliability.matrix [--python NAME=INTERPRETER ...]``: interpreters of environments with other versions
of Python or packages. Writes ``matrix.jsonl``, a line a surrounding and kind of run.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
from distributed import LocalCluster

from experiments.runs.whole_files import write_whole
from experiments.shown_text import say
from tests.reliability.small_run import KINDS

ROOT = Path(__file__).parents[2]
FOUND = Path(__file__).with_name("matrix.jsonl")
STUDY = "study of 4 runs"
_SURE = {"DETOUR_CACHE": "", "PYTHONPATH": str(ROOT)}
_DESIGN = """question = "Is it the same?"
scenarios = ["reference", "no-credits"]
replications = 2
consumers = 500
[set]
"run.fast_graph" = true
"run.last_quarter" = "2018Q2"
"run.origin" = "2017Q4"
"""


@dataclass(frozen=True)
class Surrounding:
    """Where runs are made: environment variables, flags of the interpreter, threads, folder and interpreter."""

    name: str
    variables: Mapping[str, str] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    threads: int = 1
    folder: Path = ROOT
    python: str = sys.executable


@dataclass(frozen=True)
class Seen:
    """What came of it: ``same`` to the bit as in the first surrounding; else the largest difference of a column."""

    surrounding: str
    kind: str
    same: bool
    difference: float
    said: str = ""


def surroundings(elsewhere: Path, interpreters: Mapping[str, str]) -> list[Surrounding]:
    """All of them; the first is what the others are compared with. ``elsewhere``: another working folder."""
    return [
        Surrounding("as usual"),
        Surrounding("two threads", threads=2),
        *(Surrounding(f"hash seed {seed}", {"PYTHONHASHSEED": seed}) for seed in ("0", "1", "4242")),
        Surrounding("Turkish locale", {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"}),
        Surrounding("locale C, no UTF-8", {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}),
        Surrounding("time zone of Auckland", {"TZ": "Pacific/Auckland"}),
        Surrounding("another working folder", folder=elsewhere),
        Surrounding("python -O", flags=("-O",)),
        Surrounding("one BLAS thread", {"OPENBLAS_NUM_THREADS": "1"}),
        Surrounding("BLAS of Haswell", {"OPENBLAS_CORETYPE": "Haswell"}),
        Surrounding("without AVX-512", {"NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR"}),
        *(Surrounding(name, python=python) for name, python in interpreters.items()),
    ]


def seen(made: Sequence[Surrounding], scratch: Path) -> Iterator[Seen]:
    """Both kinds of run in every surrounding, compared with the first."""
    for kind in KINDS:
        hashes, files = [], []
        for number, where in enumerate(made):
            files.append(scratch / f"{number}.npz")
            command = [where.python, *where.flags, "-m", "tests.reliability.small_run", kind, str(files[-1])]
            done = subprocess.run(
                [*command, str(where.threads)], cwd=where.folder, env={**os.environ, **_SURE, **where.variables},
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            hashes.append(done.stdout.strip())
            if done.returncode:
                yield Seen(where.name, kind, same=False, difference=float("nan"), said=done.stderr.strip()[-200:])
            elif hashes[-1] == hashes[0]:
                yield Seen(where.name, kind, same=True, difference=0.0)
            else:
                yield Seen(where.name, kind, same=False, difference=difference(files[0], files[-1]))


def difference(first: Path, second: Path) -> float:
    """Largest difference of two runs in any column, over the largest value of the column; infinite if words differ."""
    with np.load(first) as ours, np.load(second) as theirs:
        if set(ours) != set(theirs):
            return float("inf")
        return max(_apart(ours[name], theirs[name]) for name in ours)


def _apart(ours: np.ndarray, theirs: np.ndarray) -> float:
    if ours.shape != theirs.shape:
        return float("inf")
    if ours.dtype.kind not in "iufb":
        return 0.0 if (ours == theirs).all() else float("inf")
    ours, theirs = ours.astype(np.float64), theirs.astype(np.float64)
    if (np.isnan(ours) != np.isnan(theirs)).any():
        return float("inf")
    largest = np.nanmax(np.abs(ours), initial=0.0)
    return float(np.nanmax(np.abs(ours - theirs), initial=0.0) / largest) if largest > 0.0 else 0.0


def studies(scratch: Path) -> Iterator[Seen]:
    """The same study by other engines: the bytes of its two tables against those of one worker."""
    (scratch / "same.toml").write_text(_DESIGN, encoding="utf-8")
    usual = _study(scratch, "one", [["--workers", "1"]])
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        ways = {
            "one worker, again": [["--workers", "1"]],
            "two workers": [["--workers", "2"]],
            "four workers": [["--workers", "4"]],
            "two shards": [["--workers", "1", "--shard", "2/2"], ["--workers", "1", "--shard", "1/2"]],
            "two Dask workers": [["--engine", "dask", "--scheduler", cluster.scheduler_address]],
            "no saved state": [["--workers", "1", "--no-saved-state"]],
        }
        for name, calls in ways.items():
            same = _study(scratch, name.replace(" ", "-"), calls) == usual
            yield Seen(name, STUDY, same=same, difference=0.0 if same else float("nan"))


def _study(scratch: Path, name: str, calls: Sequence[Sequence[str]]) -> str:
    """Hash of the tables of a study carried out by these calls of ``detour sweep``."""
    out = scratch / name
    for options in calls:
        command = ["detour", "sweep", str(scratch / "same.toml"), "--out", str(out), *options]
        done = subprocess.run(command, capture_output=True, text=True, env=os.environ | _SURE, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr)
    tables = [path.read_bytes() for path in sorted((out / "same").glob("*.parquet"))]
    return hashlib.sha256(b"".join(tables)).hexdigest() if len(tables) == 2 else ""


def main() -> None:
    """Make them all and keep what was seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", action="append", default=[], metavar="NAME=INTERPRETER")
    interpreters = dict(each.split("=", 1) for each in parser.parse_args().python)
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        for each in (*seen(surroundings(scratch, interpreters), scratch), *studies(scratch)):
            lines.append(json.dumps(asdict(each)))
            say(lines[-1])
    write_whole(FOUND, "".join(f"{line}\n" for line in lines).encode())


if __name__ == "__main__":
    main()
