"""Files of every kind that Detour reads, and ways to spoil them, the same for the same seed."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.runs.manifest import SCHEMA_VERSION, Manifest, parameters_of, parameters_sha256, results_sha256
from experiments.runs.provenance import content_sha256
from experiments.runs.store import Result, write_result
from market.recorder import TABLES
from market.scenario import Scenario
from tests.experiments.study_makers import carried_out
from tests.experiments.toy_model import design

SCENARIO = b"""question = "What if \xe2\x82\xac 5 were $6?"
extends = "no-credits"  # a base
[policy]
state_rebate_factor = 0.5
federal_credit_end = "2026Q1"
[buyers]
taste_sd_kusd = 8
[run]
consumers = 2_000
fast_graph = true
"""
DESIGN = b"""question = "When?"
scenarios = ["reference", "no-credits"]
replications = 2
seed = 7
limit_s = 60.5
[set]
"run.fast_graph" = true
[design]
kind = "grid"
[factors]
"storage.price_premium" = [0.0, 0.1]
"cells.may_convert" = [true, false]
[stop]
outcome = "bev_share_new_last"
half_width = 0.005
"""
POINTS_DESIGN = b"""question = "When?"
[design]
kind = "csv"
file = "points.csv"
"""
POINTS = (
    b'\xef\xbb\xbfstorage.price_premium;cells.may_convert;run.last_quarter\r\n0,1;TRUE;2030Q4\r\n,25;0;"2031Q1"\r\n\r\n'
)
ODD_VALUES: tuple[Any, ...] = (
    None, True, -1, 0, 1.5, 1e308, 10**18, 10**400, "", "x", "\0", "[/bold]", "\ud800", [], {}, [[]], {"a": {}},
    "2017Q9", "../../x", "9" * 300,
)  # fmt: skip
ODD_PIECES = (
    b"\0", b"\x1b[31m", b"\r", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc3", b"\xe2\x80\xa8", b'"', b"'", b"[", b"]", b"{",
    b"[" * 3_000, b"{a = " * 500, b'{"a":' * 3_000, b"a." * 300, b"9" * 400, b"9" * 5_000, b"-", b"1e999", b"inf",
    b"0x", b",", b";", b"\t", b"\n", b"\n\n", b"=", b"#", b"true", b"1,5", b"NaN", b"$", b"[bold]", b"1979-05-27",
    b"\\", b"'''", b"nan",
)  # fmt: skip

ODD_NUMBERS = (b"9" * 400, b"1,5", b"1e999", b"nan", b"-inf", b"[1]", b'"one"', b"1" * 19, b"", b"0x", b".1", b"5.")


def _replaced(content: bytes, rng: random.Random, longest: int, piece: bytes) -> bytes:
    start = rng.randrange(len(content) + 1)
    return content[:start] + piece + content[start + rng.randrange(longest + 1) :]


def _flipped(content: bytes, rng: random.Random) -> bytes:
    place = rng.randrange(len(content))
    return content[:place] + bytes([content[place] ^ (1 << rng.randrange(8))]) + content[place + 1 :]


def _of_lines(content: bytes, rng: random.Random) -> bytes:
    """A line twice, away, or lines in another order."""
    lines = content.splitlines(keepends=True)
    place = rng.randrange(len(lines))
    again = [lines[place]] * rng.randrange(3)
    lines[place : place + 1] = again
    if rng.random() < 0.3:
        rng.shuffle(lines)
    return b"".join(lines)


def _number_replaced(content: bytes, rng: random.Random) -> bytes:
    places = [place for place, byte in enumerate(content) if chr(byte).isdigit()]
    place = rng.choice(places)
    odd = rng.choice(
        [b"9" * 400, b"1,5", b"1e999", b"nan", b"-inf", b"[1]", b'"one"', b"1" * 19, b"", b"0x", b".1", b"5."]
    )
    return content[:place] + odd + content[place + 1 :]


def _swapped(content: bytes, rng: random.Random) -> bytes:
    one, other = rng.sample([b",", b";", b"\t", b".", b"=", b":", b'"', b"\n"], 2)
    return content.replace(one, other)


def _encoded(content: bytes, rng: random.Random) -> bytes:
    return content.decode().encode(rng.choice(["utf-16", "utf-16-le", "utf-32", "cp1252", "utf-8-sig"]), "replace")


SPOILERS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _flipped, _of_lines, _number_replaced, _swapped, _encoded,
    lambda content, rng: content[: rng.randrange(len(content))],
    lambda content, rng: _replaced(content, rng, 0, rng.choice(ODD_PIECES)),
    lambda content, rng: _replaced(content, rng, 12, rng.choice(ODD_PIECES)),
    lambda content, rng: _replaced(content, rng, 30, b""),
    lambda content, rng: content * 2 if rng.random() < 0.5 else rng.randbytes(200),
)  # fmt: skip


def spoilt(content: bytes, rng: random.Random) -> bytes:
    """The content with one to three faults."""
    for _ in range(rng.randint(1, 3)):
        try:
            content = rng.choice(SPOILERS)(content, rng)
        except (IndexError, ValueError):
            continue  # nothing left to spoil, or no text any more
    return content


def _place_in(content: Any, rng: random.Random) -> tuple[Any, Any]:
    """Some list or object within, and a key of it."""
    while True:
        key = rng.choice(list(content) if isinstance(content, dict) else range(len(content)))
        inner = content[key]
        if not isinstance(inner, dict | list) or not inner or rng.random() < 0.2:
            return content, key
        content = inner


def spoilt_json(content: bytes, rng: random.Random) -> bytes:
    """JSON with one to three values away or of another kind, its checksum over itself made again."""
    said = json.loads(content)
    for _ in range(rng.randint(1, 3)):
        holder, key = _place_in(said, rng)
        if rng.random() < 0.25:
            del holder[key]
        else:
            holder[key] = rng.choice(ODD_VALUES)
        if not said:
            break
    if "sha256" in said:
        said["sha256"] = content_sha256({name: value for name, value in said.items() if name != "sha256"})
    return json.dumps(said).encode()


def study_folder(folder: Path) -> Path:
    """A complete study of the toy model."""
    return carried_out(folder, design(factors={"toy.x": [0.5, 1.0, 2.0]}, replications=2)).folder


def run_folder(folder: Path) -> Path:
    """A run of two quarters whose numbers mean nothing."""
    frames = {
        name: pd.DataFrame({column: ["2024Q4", "2025Q1"] if column == "quarter" else [0.5, 0.25] for column in columns})
        for name, columns in TABLES.items()
    }
    scenario = Scenario()
    manifest = Manifest(
        schema_version=SCHEMA_VERSION, study="runs", name="reference", question=scenario.question, seed=1,
        consumers=500, origin="2024Q4", parameters=parameters_of(scenario),
        parameters_sha256=parameters_sha256(scenario), results_sha256=results_sha256(frames), free_run_mae_points=None,
        free_run_mae_points_by_powertrain=None, ledger_checks=2, wall_s=1.0, peak_rss_mib=None,
        versions={"battery-detour": "0", "numpy": np.__version__}, git_commit=None, tables={},
    )  # fmt: skip
    write_result(folder, Result(manifest, frames))
    return folder


def tree(folder: Path) -> dict[str, bytes]:
    """Everything below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
