"""Make the findings again and tell them on their pages: ``python -m experiments.documents.findings [--streams N]``.

A design of paired random streams is carried out in ``results/what-the-detour-does``, which resumes after any stop (some
fifteen minutes of one core), then one run a world on the expected path. ``--pages`` only writes the pages.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from experiments.documents.evidence import put_between_markers
from experiments.documents.findings_pages import PAGES
from experiments.documents.hindcast_page import PAGE as HINDCAST_PAGE
from experiments.documents.hindcast_page import TABLES as HINDCAST_TABLES
from experiments.errors import RunFailedError
from experiments.figures.of_studies.effects import effects_figure
from experiments.figures.saving import save
from experiments.findings.detour import CONTRASTS, by_year, effects, levels
from experiments.findings.hindcast import hindcast_of
from experiments.findings.kept import Kept, Note, kept, write
from experiments.findings.mechanisms import TABLES, channel_facts, facts_of
from experiments.inputs.design import find_design, read_design
from experiments.inputs.scenario_files import load_scenario
from experiments.shown_text import say
from experiments.studies import market_runs
from experiments.studies.earlier_runs import Asked
from experiments.studies.engine_choice import engine_of
from experiments.studies.plan import make_plan
from experiments.studies.study import Counts, carry_out
from experiments.studies.study_files import QUARTERS_TABLE, read_tables, run_files
from market.model import Market
from market.version import RESULTS_VERSION

ROOT = Path(__file__).parents[2]
DESIGN = "what-the-detour-does"
COMMAND = "python -m experiments.documents.findings"
CHANNELS = ROOT / "results" / "channels" / "channels.csv"
FIGURE = ROOT / "docs" / "images" / "effects"
_EXPECTED = {"run": {"mean_field": True, "fast_graph": True}}


def study(folder: Path, streams: int | None, workers: int | None, *, again: bool) -> None:
    """Make all worlds with random streams; what is there already stays. Raises InputError, RunFailedError.

    ``again``: whether runs that other code made are made again.
    """
    path = find_design(DESIGN)
    design = read_design(path)
    if streams is not None:
        design = design.model_copy(update={"replications": streams})
    plan = make_plan(DESIGN, design, market_runs.market_model())
    with engine_of(workers, None, mixed=False) as engine:
        done = carry_out(plan, folder, engine, _told, asked=Asked(retry_failed=True, again=again))
    if done.failures:
        raise RunFailedError(f"{len(done.failures)} runs failed, the first: {done.failures[0]}; repeat the command")


def _told(counts: Counts) -> None:
    say(f"{counts.in_all - counts.left} of {counts.in_all} streams")


def expected_facts() -> pd.DataFrame:
    """Facts of every contrast, from a run of each world on the expected path."""
    names = dict.fromkeys(name for each in CONTRASTS for name in (each.world, each.against))
    frames = {name: _tables_of(name) for name in names}
    channels = pd.read_csv(CHANNELS)
    parts = []
    for each in CONTRASTS:
        other = each.world if each.world in set(channels["world"]) else each.against
        sign = 1.0 if other == each.world else -1.0
        ways = channel_facts(channels, other, sign)
        own = facts_of(frames[each.world], frames[each.against])
        parts.append(pd.concat([own, ways] if len(ways) else [own]).assign(contrast=each.key))
    facts = pd.concat(parts, ignore_index=True)
    return facts[["contrast", *facts.columns.drop("contrast")]]


def _tables_of(name: str) -> dict[str, pd.DataFrame]:
    market = Market(load_scenario(name).scenario.with_(**_EXPECTED), rng=1, record=TABLES)
    market.run()
    market.release()
    say(f"{name} on the expected path")
    return {table: market.recorder.frame(table) for table in TABLES}


def found_in(folder: Path, facts: pd.DataFrame) -> Kept:
    """Findings from the complete study in a folder and the facts. Raises StudyError."""
    manifest, tables = read_tables(folder)
    quarters = tables[QUARTERS_TABLE]
    runs, first = by_year(quarters), run_files(folder).read(manifest.runs[0][3])
    if first is None or first.code is None:
        raise RunFailedError(f"{folder}: its first run does not say what code made it; repeat the command with --again")
    note = Note(
        command=COMMAND, design=DESIGN, streams=int(runs["replication"].nunique()), seed=int(quarters["seed"].min()),
        results_version=RESULTS_VERSION, model_version=manifest.model_version, code_sha256=first.code.sha256,
        versions=first.versions, levels=levels(runs), hindcast=hindcast_of(HINDCAST_TABLES, HINDCAST_PAGE),
    )  # fmt: skip
    return Kept(effects(runs), facts, note)


def write_pages(found: Kept) -> list[Path]:
    """Put the findings between their markers on every page that tells them; draw their picture."""
    paths = []
    for path, texts in PAGES.items():
        page = path.read_text(encoding="utf-8")
        for name, text in texts(found).items():
            page = put_between_markers(page, name, text)
        path.write_text(page, encoding="utf-8")
        paths.append(path)
    return [*paths, *save(effects_figure(found), FIGURE)]


def main(words: Sequence[str] | None = None) -> None:
    """Make what is asked for."""
    parser = argparse.ArgumentParser(description="What the detour does: study, tables, sentences on pages.")
    parser.add_argument("--streams", type=int, help="random streams of each world; the design's by default")
    parser.add_argument("--workers", type=int, help="processes; one a core by default")
    parser.add_argument("--out", type=Path, default=ROOT / "results" / DESIGN, help="folder of the study")
    parser.add_argument("--again", action="store_true", help="make runs of other code again")
    parser.add_argument("--pages", action="store_true", help="only write the pages, from the tables that are kept")
    given = parser.parse_args(words)
    if not given.pages:
        study(given.out, given.streams, given.workers, again=given.again)
        write(found_in(given.out, expected_facts()))
        kept.cache_clear()
    for path in write_pages(kept()):
        say(path)


if __name__ == "__main__":
    main()
