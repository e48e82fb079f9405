"""What docs/scenarios.md says of every shipped scenario holds in the runs it tells of."""

import re
from functools import cache

import pandas as pd
import pytest

from experiments.documents.scenario_readings import READINGS, Reading
from experiments.documents.scenarios_page import (
    KEPT_LEVELS,
    KEPT_READINGS,
    PAGE,
    found,
    level_table,
    levels_of,
    national_of,
    rewritten,
)
from experiments.inputs.scenario_files import REFERENCE, load_scenario, shipped_names

CASES = [(name, reading) for name, readings in READINGS.items() for reading in readings]


national = cache(national_of)
"""The table ``national`` of a shipped scenario as the page has it; with fewer consumers chance would decide."""


def two_years(before: float, after: float) -> pd.DataFrame:
    """BEVs sold of two years."""
    labels = [f"{year}Q{part}" for year in (2026, 2027) for part in range(1, 5)]
    return pd.DataFrame({"quarter": labels, "bev_sales": [before] * 4 + [after] * 4})


@pytest.mark.long
@pytest.mark.parametrize(("name", "reading"), CASES, ids=[f"{name}-{one.column}-{one.first}" for name, one in CASES])
def test_a_reading_on_the_page_holds(name: str, reading: Reading) -> None:
    change = reading.change_share(national(name), national(REFERENCE))
    assert reading.holds(national(name), national(REFERENCE)), f"{reading.sentence()}; found {100 * change:+.2f} %"


@pytest.mark.long
@pytest.mark.parametrize("name", READINGS)
def test_a_shipped_scenario_runs_to_its_end_and_is_not_the_reference(name: str) -> None:
    table = national(name)
    assert table["quarter"].iloc[-1] == "2035Q4"
    assert table["bev_share_new"].between(0, 1).all()
    assert not table.equals(national(REFERENCE))


def test_every_shipped_scenario_has_its_question_prose_table_and_reading_on_the_page() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert re.findall(r"^## ([\w-]+)$", page, re.MULTILINE) == shipped_names()
    assert set(READINGS) == set(shipped_names()) - {REFERENCE}
    for name in shipped_names():
        section = page.partition(f"## {name}\n")[2].partition("\n## ")[0]
        question, prose, table = section.strip().split("\n\n", 2)
        assert question == f"*{load_scenario(name).scenario.question}*"
        assert prose.endswith(".")
        assert table.startswith(f"<!-- {name} -->\n| outcome |")


def test_the_numbers_on_the_page_are_of_the_readings_declared_and_bear_them_out() -> None:
    """A reading changed without a refresh, or a refresh that no longer bears one out, is found."""
    page = PAGE.read_text(encoding="utf-8")
    for name, readings in READINGS.items():
        held = page.partition(f"<!-- {name} -->\n")[2].partition(f"\n<!-- end {name} -->")[0]
        rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in held.splitlines()[2:]]
        assert len(rows) == len(readings)
        for row, one in zip(rows, readings, strict=True):
            assert row[2] == one.years
            assert row[7] == one.claim
            assert one.allows(float(row[5].removesuffix(" %")) / 100.0)
            if one.direction != "the same" and row[6] != "one run":
                low, high = (float(end) for end in row[6].removesuffix(" %").split(" to "))
                assert low * high > 0.0, f"{name}: a change that chance may have made is claimed"


def test_a_reading_compares_the_years_it_names() -> None:
    reading = Reading("bev_sales", 2027, 2027, "lower", 0.1)
    plain, fewer = two_years(100.0, 100.0), two_years(100.0, 80.0)
    assert reading.change_share(fewer, plain) == pytest.approx(-0.2, rel=1e-12)
    assert reading.holds(fewer, plain)
    assert not reading.holds(two_years(80.0, 95.0), plain)
    assert not Reading("bev_sales", 2027, 2027, "higher", 0.1).holds(fewer, plain)
    assert not Reading("bev_sales", 2027, 2027, "the same", 0.1).holds(fewer, plain)
    assert Reading("bev_sales", 2026, 2026, "the same", 0.1).holds(fewer, plain)
    assert reading.sentence() == "BEV sales (expected), 2027: lower by at least 10 %"


def test_years_a_run_does_not_hold_are_refused() -> None:
    with pytest.raises(KeyError, match="run it to 2030Q4"):
        Reading("bev_sales", 2027, 2030, "lower", 0.1).mean(two_years(1.0, 1.0))


def test_the_page_is_what_its_command_writes_from_what_is_kept() -> None:
    page = PAGE.read_text(encoding="utf-8")
    kept, levels = pd.read_csv(KEPT_READINGS), pd.read_csv(KEPT_LEVELS)
    assert rewritten(page, kept, levels) == page
    again = rewritten(page, kept.assign(change=0.5), levels.assign(median=1.0))
    tables_out = re.compile(r"(<!-- [\w-]+ -->\n).*?(\n<!-- end)", re.DOTALL)
    assert tables_out.sub(r"\1\2", again) == tables_out.sub(r"\1\2", page)
    assert again != page


def test_a_reading_of_streams_is_their_mean_change_with_its_interval() -> None:
    """Changes of -20 % and -10 %: mean -15 %, Student's 90 % with one degree of freedom 6.3138 times 5 %."""
    worlds = {("reference", 1): 100.0, ("reference", 2): 200.0, ("fewer", 1): 80.0, ("fewer", 2): 180.0}
    rows = [two_years(1.0, sold).assign(scenario=name, replication=one) for (name, one), sold in worlds.items()]
    got = found(Reading("bev_sales", 2027, 2027, "lower", 0.1), "fewer", pd.concat(rows))
    assert (got["streams"], got["reference"], got["mean"]) == (2, 150.0, 130.0)
    assert got["change"] == pytest.approx(-0.15)
    assert got["low"] == pytest.approx(-0.15 - 6.313752 * 0.05, rel=1e-6)
    assert got["high"] == pytest.approx(-0.15 + 6.313752 * 0.05, rel=1e-6)


def test_levels_are_the_median_and_80_percent_of_the_references_streams() -> None:
    quarters = pd.concat([
        pd.DataFrame({
            "scenario": name, "replication": stream, "quarter": ["2024Q4", "2030Q4", "2035Q4"],
            "bev_share_new": 0.1 * stream,
            "fast_ports": 1.0, "converted_gwh_cumulative": 0.0, "storage_installed_gw": 2.0,
        })
        for name in ("reference", "other") for stream in range(1, 4 if name == "reference" else 9)
    ])  # fmt: skip
    levels = levels_of(quarters)
    first = levels[levels["column"] == "bev_share_new"].iloc[0]
    assert [first[end] for end in ("tenth", "median", "ninetieth")] == pytest.approx([0.12, 0.2, 0.28])
    assert "| 0.2 (0.12 to 0.28) |" in level_table(levels)
    assert "| 2 | 2 | 2 |" in level_table(levels)
