"""Long faults: real runs and studies that are killed, stopped, or short of memory, disk, clock or home folder.

``python -m tests.reliability.faults [FAULT ...]`` tries each case of the faults named, or of all, and keeps a line a
case in ``faults.jsonl``. Linux only; small disks need the right to mount.
"""

import argparse
import json
import os
import re
import resource
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.reliability.disturbed import Ended, Place, cost_s, disk, left_over
from tests.reliability.mutants import ROOT

TRIED = Path(__file__).with_name("faults.jsonl")
"""What each case came to, a line each."""
MOMENTS, KILLS = 10, 20
_SET_BACK = """import time
_now, _now_ns, _start = time.time, time.time_ns, time.monotonic()
def _back_s(): return {back} if time.monotonic() - _start > 2.0 else 0
time.time = lambda: _now() - _back_s()
time.time_ns = lambda: _now_ns() - _back_s() * 10**9
"""
_DAY_S = 86_400


@dataclass(frozen=True)
class Tried:
    """One case of a fault and whether it held: ended as it should, said so in a sentence, left nothing half-written."""

    fault: str
    case: str
    held: bool
    said: str


def _judged(fault: str, case: str, ended: Ended, *, codes: tuple[int, ...], left: str = "") -> Tried:
    right = ended.code in codes and ended.is_plain and not left
    said = ended.last if right or ended.is_plain else re.sub(r"\s+", " ", ended.told[-300:])
    told = "; ".join(part for part in (f"exit code {ended.code}", said, left) if part)
    return Tried(fault, case, right, re.sub(r"(?<![\w.])/?(?:[^\s/]+/)+", "", told))  # no folders of this machine


def signals_at_runs(place: Place) -> Iterator[Tried]:
    """Ctrl-C and SIGTERM at ten moments of a run."""
    whole_s = cost_s(place, place.run_to, place.folder / "whole")
    for sent, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
        for moment in range(MOMENTS):
            out = place.folder / f"run-{sent.name}-{moment}"
            ended = place.ended(place.run_to(out), at_cpu_s=whole_s * (moment + 0.5) / MOMENTS, sent=sent)
            codes: tuple[int, ...] = (code,) if ended.reached else (0,)
            if list(out.rglob("run.json")):
                codes = (code, 0, -sent)  # it came when all was done: Python, ending, leaves signals to the system
            yield _judged(f"{sent.name} at a run", f"moment {moment + 1}", ended, codes=codes, left=left_over(out))


def signals_at_studies(place: Place) -> Iterator[Tried]:
    """Ctrl-C and SIGTERM at ten moments of a study, which goes on after each."""
    whole = place.folder / "study-whole"
    whole_s = cost_s(place, place.sweep_to, whole)
    for sent, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
        out = place.folder / f"study-{sent.name}"
        for moment in range(MOMENTS):
            ended = place.ended(place.sweep_to(out), at_cpu_s=0.5 + whole_s * (moment % 5) / (2 * MOMENTS), sent=sent)
            codes = (code,) if ended.reached else (0,)
            yield _judged(f"{sent.name} at a study", f"moment {moment + 1}", ended, codes=codes)
        yield _resumed(place, out, whole, f"{sent.name} at a study")


def _resumed(place: Place, out: Path, whole: Path, fault: str) -> Tried:
    """Whether a disturbed study ends with the tables of one that nothing disturbed."""
    ended = place.ended(place.sweep_to(out))
    same = ended.code == 0 and _table(out) == _table(whole)
    left = "" if same else "its tables differ from those of a study that nothing disturbed"
    return _judged(fault, "goes on to the same tables", ended, codes=(0,), left=left)


def _table(out: Path) -> bytes:
    (found,) = out.rglob("runs.parquet")
    return found.read_bytes()


def kills_of_studies(place: Place) -> Iterator[Tried]:
    """Twenty kills of a study, each at another moment after it began or went on."""
    whole, out = place.folder / "kill-whole", place.folder / "killed"
    whole_s = cost_s(place, place.sweep_to, whole)
    for kill in range(KILLS):
        at_s = 0.2 + whole_s * (kill * 7 % KILLS) / (2 * KILLS)
        ended = place.ended(place.sweep_to(out), at_cpu_s=at_s, sent=signal.SIGKILL)
        codes = (-signal.SIGKILL,) if ended.reached else (0,)
        yield _judged("kill of a study", f"kill {kill + 1}", ended, codes=codes)
    yield _resumed(place, out, whole, "kill of a study")


def little_memory(place: Place) -> Iterator[Tried]:
    """Ten limits of address space, from what libraries take to be loaded to what a run needs."""
    place.ended(place.run_to(place.folder / "warm"))
    for step in range(MOMENTS):
        bytes_most = (700 + 200 * step) * 2**20

        def limited(most: int = bytes_most) -> None:
            resource.setrlimit(resource.RLIMIT_AS, (most, most))

        out = place.folder / f"memory-{step}"
        ended = place.ended(place.run_to(out), limits=limited)
        case = f"{bytes_most // 2**20} MiB of address space"
        yield _judged("memory limit", case, ended, codes=(0, 1, 2), left=left_over(out))


def _kib_of(folder: Path) -> int:
    return sum(path.stat().st_size // 4096 * 4 + 8 for path in folder.rglob("*"))


def full_disk(place: Place) -> Iterator[Tried]:
    """Disks that are full at ten points of a run and of a study, and one too small for the saved state."""
    whole = place.folder / "disk-whole"
    for what, command_to in (("a run", place.run_to), ("a study", place.sweep_to)):
        place.ended(command_to(whole / what))
        need_kib = _kib_of(whole / what)
        for point in range(MOMENTS):
            size = max(need_kib * (point + 1) // (MOMENTS + 1), 16)
            with disk(place.folder / f"disk {what} {point}", f"size={size}k") as small:
                out = small / "out"
                ended = place.ended(command_to(out))
                left = left_over(out) if what == "a run" else ""
            yield _judged(f"full disk, {what}", f"{size} of {need_kib} KiB", ended, codes=(0, 1, 2), left=left)
    with disk(place.folder / "small cache", "size=5m") as small:
        ended = place.ended(place.run_to(place.folder / "disk-cache"), variables={"DETOUR_CACHE": str(small)})
    yield _judged("full disk, a run", "saved states", ended, codes=(0,))


def clock_set_back(place: Place) -> Iterator[Tried]:
    """A clock that is set back while a run goes on, and files of a study that are from the future."""
    for back_s, words in ((3_600, "an hour"), (_DAY_S, "a day"), (3_650 * _DAY_S, "ten years")):
        patch = place.folder / f"back {back_s}"
        patch.mkdir()
        (patch / "sitecustomize.py").write_text(_SET_BACK.format(back=back_s), encoding="utf-8")
        out = place.folder / f"clock-{back_s}"
        ended = place.ended(place.run_to(out), variables={"PYTHONPATH": f"{patch}{os.pathsep}{ROOT}"})
        yield _judged("clock set back", f"{words}, during a run", ended, codes=(0,), left=left_over(out))
    whole, later = place.folder / "clock-whole", place.folder / "clock-later"
    place.ended(place.sweep_to(whole))
    place.ended(place.sweep_to(later), at_cpu_s=12.0, sent=signal.SIGKILL)
    for path in (*later.rglob("*"), *(place.folder / "cache").rglob("*")):
        os.utime(path, (time.time() + 365 * _DAY_S,) * 2)
    yield _resumed(place, later, whole, "clock set back")


def read_only_home(place: Place) -> Iterator[Tried]:
    """A home folder that cannot be written."""
    with disk(place.folder / "home", "ro,size=64k") as home:
        gone = {"HOME": str(home), "DETOUR_CACHE": "", "XDG_CACHE_HOME": "", "MPLCONFIGDIR": ""}
        kept = {name: value for name, value in place.surroundings.items() if name not in gone}
        place.surroundings = kept | {"HOME": str(home)}
        for what, command in (
            ("a run", place.run_to(place.folder / "home-run")),
            (
                "a run with figures",
                [each for each in place.run_to(place.folder / "home-figures") if each != "--no-figures"],
            ),
            ("a study", place.sweep_to(place.folder / "home-study")),
        ):
            yield _judged("read-only home", what, place.ended(command), codes=(0,))


FAULTS: dict[str, Callable[[Place], Iterator[Tried]]] = {
    "run-signals": signals_at_runs, "study-signals": signals_at_studies, "kills": kills_of_studies,
    "memory": little_memory, "disk": full_disk, "clock": clock_set_back, "home": read_only_home,
}  # fmt: skip


def read() -> list[Tried]:
    """All cases so far."""
    text = TRIED.read_text(encoding="utf-8") if TRIED.exists() else ""
    return [Tried(**json.loads(line)) for line in text.splitlines()]


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("faults", nargs="*", choices=[*FAULTS, []], default=list(FAULTS))
    for name in parser.parse_args().faults:
        with tempfile.TemporaryDirectory(prefix="faults-") as folder:
            for tried in FAULTS[name](Place(Path(folder))):
                others = [each for each in read() if (each.fault, each.case) != (tried.fault, tried.case)]
                lines = [json.dumps(asdict(each)) + "\n" for each in [*others, tried]]
                TRIED.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    _main()
