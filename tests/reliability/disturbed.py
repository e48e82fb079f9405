"""Commands in processes of their own, disturbed at a moment of their work; small disks; what a command left."""

import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from experiments.runs.store import read_result
from tests.reliability.mutants import ROOT

_PATIENCE_S = 900.0
_CALL = "from experiments.cli import main; main()"
_SMALL = ("--set", "run.fast_graph=true", "--set", "run.last_quarter=2025Q4")
_DESIGN = """question = "Does it hold?"
scenarios = ["reference", "no-credits"]
replications = 3
consumers = 500
[set]
"run.fast_graph" = true
"run.last_quarter" = "2025Q4"
"""


@dataclass(frozen=True)
class Ended:
    """How a command ended; ``reached``: whether the fault came while it ran."""

    code: int
    told: str
    reached: bool = True

    @property
    def last(self) -> str:
        """The last line it said."""
        return (self.told.strip().splitlines() or [""])[-1]

    @property
    def is_plain(self) -> bool:
        """Whether it said no traceback."""
        return "Traceback" not in self.told


class Place:
    """A folder to work in, with commands of a run and a study that write there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.design = folder / "design.toml"
        self.design.write_text(_DESIGN, encoding="utf-8")
        self.surroundings = os.environ | {"PYTHONPATH": str(ROOT), "DETOUR_CACHE": str(folder / "cache")}

    def run_to(self, out: Path) -> list[str]:
        """A run's command."""
        return [
            "run",
            *_SMALL,
            "--consumers",
            "500",
            "--streams",
            "0",
            "--threads",
            "1",
            "--no-figures",
            "--out",
            str(out),
        ]

    def sweep_to(self, out: Path) -> list[str]:
        """A study's command."""
        return ["sweep", str(self.design), "--out", str(out), "--workers", "1"]

    def ended(
        self,
        command: list[str],
        *,
        variables: Mapping[str, str] | None = None,
        limits: Callable[[], None] | None = None,
        at_cpu_s: float | None = None,
        sent: signal.Signals | None = None,
    ) -> Ended:
        """Run a command to its end; ``sent`` goes to all its processes once they have used ``at_cpu_s``."""
        with tempfile.TemporaryFile("w+") as told:
            process = subprocess.Popen(
                [sys.executable, "-c", _CALL, *command], cwd=ROOT, env=self.surroundings | dict(variables or {}),
                stdout=subprocess.DEVNULL, stderr=told, start_new_session=True, preexec_fn=limits,  # noqa: PLW1509
            )  # fmt: skip
            reached = at_cpu_s is None or _waited(process, at_cpu_s)
            if sent is not None and reached:
                os.killpg(process.pid, sent)
            try:
                code = process.wait(_PATIENCE_S)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                code, reached = process.wait(), True
                told.write("\nit had not ended after a quarter of an hour")
            told.seek(0)
            return Ended(code, told.read(), reached)


def _waited(process: "subprocess.Popen[bytes]", at_cpu_s: float) -> bool:
    """Wait until a command's processes have used so much; whether it still runs then."""
    while process.poll() is None:
        if _cpu_s(process.pid) >= at_cpu_s:
            return True
        time.sleep(0.01)
    return False


def _cpu_s(group: int) -> float:
    """CPU seconds of all living processes of a group."""
    ticks = 0
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            parts = file.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(parts[2]) == group:
            ticks += sum(map(int, parts[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def cost_s(place: Place, command_to: Callable[[Path], list[str]], whole: Path) -> float:
    """CPU seconds of a command that nothing disturbs and that finds saved states; its results stay in ``whole``."""
    for out in (whole.with_name(f"{whole.name} before"), whole):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        ended = place.ended(command_to(out))
        if ended.code:
            raise SystemExit(f"{out.name}: the command fails without a fault: {ended.told}")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def left_over(out: Path) -> str:
    """What a run left that is no whole result; empty if nothing."""
    if not out.exists():
        return ""
    half = [path.name for path in out.rglob("*.unfinished")]
    for manifest in out.rglob("run.json"):
        try:
            read_result(manifest.parent)
        except (OSError, ValueError) as error:
            half.append(f"{manifest.parent.name} cannot be read: {error}")
    return ", ".join(half)


@contextmanager
def disk(folder: Path, options: str) -> Iterator[Path]:
    """A disk of its own at a folder. Raises OSError if this user may not mount."""
    folder.mkdir(parents=True)
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True, check=False)
    if done.returncode:
        raise OSError(f"no disk can be mounted: {done.stderr.decode().strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)
