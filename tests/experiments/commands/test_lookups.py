"""What ``list``, ``show`` and ``--version`` tell of scenarios, parameters, tables and columns; completion."""

import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from typer.testing import CliRunner

from experiments.cli import app
from experiments.commands.entries import every_entry, selected
from experiments.inputs.parameter_list import every_parameter, groups
from experiments.inputs.scenario_files import shipped_names
from experiments.runs.result_tables import STREAMS, columns_of, result_tables
from market.recorder import ROWS, TABLES
from market.version import RESULTS_VERSION

ROOT = Path(__file__).parents[3]
CALL = "import sys; from experiments.cli import main; sys.argv = ['detour', *sys.argv[1:]]; main()"
RUNNER = CliRunner()
FACTS = {"name", "kind", "unit", "value", "bounds", "role", "meaning", "source"}


def _told(*arguments: str) -> str:
    done = RUNNER.invoke(app, list(arguments))
    assert done.exit_code == 0, done.output
    return " ".join(done.stdout.split())


def test_list_as_json_has_everything_with_all_facts() -> None:
    found = json.loads(RUNNER.invoke(app, ["list", "--json"]).stdout)
    names = {kind: [each["name"] for each in found if each["kind"] == kind] for kind in
             ("scenario", "parameter", "table", "column")}  # fmt: skip
    assert names["scenario"] == shipped_names()
    assert names["parameter"] == list(every_parameter())
    assert names["table"] == [*TABLES, STREAMS]
    assert names["column"] == [f"{table}.{column}" for table in [*TABLES, STREAMS] for column in columns_of(table)]
    assert {frozenset(each) for each in found} == {frozenset(FACTS)}
    alpha = next(each for each in found if each["name"] == "buyers.alpha_keep")
    assert (alpha["value"], alpha["bounds"], alpha["unit"]) == (0.02, [0.01, 0.03], "1/thousand $")
    assert (alpha["role"], alpha["source"]) == ("uncertain", "EPA-420-R-21-019")
    share = next(each for each in found if each["name"] == "zones.trip_coverage")
    assert (share["unit"], share["value"], share["meaning"]) == ("share", None, TABLES["zones"]["trip_coverage"].entry)


def test_levers_are_all_levers_and_nothing_else() -> None:
    found = json.loads(RUNNER.invoke(app, ["list", "--levers", "--json"]).stdout)
    assert [each["name"] for each in found] == [
        name for name, known in every_parameter().items() if known.role == "lever"
    ]


@pytest.mark.parametrize(
    ("word", "names"),
    [
        ("price_sensitivity", {"buyers.alpha_keep", "buyers.alpha_product"}),
        ("Data-Center-Boom", {"data-center-boom"}),
        ("cells_to_storage", {"national.cells_to_storage_gwh"}),
        ("restored credit", {"credit-restored"}),
    ],
)
def test_a_search_finds_by_name_and_meaning_whatever_parts_the_words(word: str, names: set[str]) -> None:
    found = {each.name for each in selected(every_entry(), word, levers=False)}
    assert names <= found
    assert len(found) < 40


def test_a_search_of_the_command_prints_columns_and_says_if_there_is_nothing() -> None:
    assert "national.cells_to_storage_gwh" in _told("list", "--search", "cells_to_storage")
    assert (
        _told("list", "--search", "elephant") == "Nothing has elephant in its name or meaning; detour list shows all."
    )
    assert json.loads(RUNNER.invoke(app, ["list", "--search", "elephant", "--json"]).stdout) == []


def test_list_names_the_tables_and_leaves_columns_to_show() -> None:
    told = _told("list")
    assert ROWS["trust"] in told
    assert "national.bev_share_new" not in told


@pytest.mark.parametrize("table", [*TABLES, STREAMS])
def test_show_tells_what_a_row_of_a_table_is_and_its_columns(table: str) -> None:
    told = _told("show", table)
    assert result_tables()[table] in told
    assert [column for column in columns_of(table) if column not in told] == []


def test_show_tells_a_column() -> None:
    told = _told("show", "national.cells_to_storage_gwh")
    assert "GWh/year" in told
    assert TABLES["national"]["cells_to_storage_gwh"].entry in told


def test_a_name_of_two_things_shows_both() -> None:
    assert {"trust", "charging", "makers"} == set(TABLES) & set(groups())
    makers = _told("show", "makers")
    assert "makers.most_charging_minutes" in makers
    assert ROWS["makers"] in makers
    told = _told("show", "trust.longer_warranty")
    assert "share of automakers with a longer battery warranty" in told
    assert TABLES["trust"]["longer_warranty"].entry in told


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("national.bev_share_nwe", "did you mean national.bev_share_new?"),
        ("nationl", "did you mean national?"),
        ("zone.bev_stock", "did you mean zones.bev_stock?"),
        ("cell_flow.gwh", "did you mean cell_flows.gwh?"),
        ("bev_share_new", "did you mean national.bev_share_new?"),
        ("buyers.alpha_kep", "did you mean buyers.alpha_keep?"),
        ("alpha_keep", "did you mean buyers.alpha_keep?"),
        ("makers.alpha_keep", "did you mean buyers.alpha_keep?"),
        ("data_center_boom", "did you mean data-center-boom?"),
        ("buyers.price_sensitivty", "buyers.alpha_powertrain or buyers.alpha_product?"),
        ("national.elephant", "`detour show national` shows what national holds"),
        ("elephant", "`detour list` shows all"),
    ],
)
def test_a_name_that_nothing_has_is_told_with_the_nearest(name: str, hint: str) -> None:
    done = RUNNER.invoke(app, ["show", name])
    assert done.exit_code == 2
    assert done.stderr.startswith(f"{name} is no scenario, parameter, table or column; ")
    assert done.stderr.endswith(f"{hint}\n")
    assert len(done.stderr.splitlines()) == 1


def test_the_version_names_that_of_results() -> None:
    assert _told("--version") == f"detour {version('battery-detour')}, results version {RESULTS_VERSION}"


def test_a_shell_completes_commands() -> None:
    asked = {"_DETOUR_COMPLETE": "complete_bash", "COMP_WORDS": "detour ex", "COMP_CWORD": "1"}
    done = subprocess.run(
        [sys.executable, "-c", CALL], cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ, **asked}
    )
    assert sorted(done.stdout.split()) == ["explorer", "export"]
