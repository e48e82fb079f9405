"""Whatever a user's file is, it is read or told in one sentence; nothing waits, nothing overflows."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from experiments.errors import InputError
from experiments.inputs.design import Design, read_design
from experiments.inputs.factors import DesignError
from experiments.inputs.json_files import read_json
from experiments.inputs.points_file import read_points
from experiments.inputs.regular_files import ForeignFileError
from experiments.inputs.scenario_files import ScenarioError, load_scenario
from experiments.inputs.toml_files import MOST_BYTES, read_toml
from experiments.studies.market_runs import market_model
from experiments.studies.plan import make_plan, with_files_of
from market.base.regular_files import is_regular, read_bytes
from tests.experiments.toy_model import PARAMETERS

QUESTION = 'question = "What if?"\n'


def written(folder: Path, content: str | bytes, name: str = "mine.toml") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def pipe(folder: Path) -> Path:
    os.mkfifo(folder / "other")
    return folder / "other"


def listener(folder: Path) -> Path:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(os.path.relpath(folder / "other"))  # a socket's address has about a hundred characters
    return folder / "other"


def folder_itself(folder: Path) -> Path:
    return folder


def device(_folder: Path) -> Path:
    return Path("/dev/zero")


@pytest.mark.parametrize(
    ("make", "kind"), [(pipe, "a pipe"), (listener, "a socket"), (folder_itself, "a folder"), (device, "a device")]
)
def test_what_is_no_regular_file_is_told_at_once_by_every_reader(
    make: Callable[[Path], Path], kind: str, tmp_path: Path
) -> None:
    path = make(tmp_path)
    assert not is_regular(path)
    readers: list[Callable[[Path], object]] = [
        read_toml, read_json, read_design, lambda each: load_scenario(str(each)),
        lambda each: read_points(each, PARAMETERS),
    ]  # fmt: skip
    for reader in readers:
        with pytest.raises(InputError, match=rf"cannot be read \(it is {kind}, no regular file\)"):
            reader(path)


def test_a_pipe_that_took_the_place_of_a_file_after_it_was_looked_at_does_not_hang(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = pipe(tmp_path)
    innocent = written(tmp_path, QUESTION).stat()
    monkeypatch.setattr(Path, "stat", lambda *_: innocent)
    with pytest.raises(OSError, match="it is a pipe"):
        read_bytes(real)


@pytest.mark.parametrize("name", ["a\0b.toml", "x" * 300 + ".toml", "none.toml", "mine.toml/deeper.toml"])
def test_a_name_no_file_can_have_is_told(name: str, tmp_path: Path) -> None:
    written(tmp_path, QUESTION)
    assert not is_regular(tmp_path / name)
    with pytest.raises(ForeignFileError, match=r"the file cannot be read \(.+\); give a \.toml file$"):
        read_toml(tmp_path / name)


def test_a_file_may_have_a_mebibyte_and_no_byte_more(tmp_path: Path) -> None:
    fits = QUESTION + "#" * (MOST_BYTES - len(QUESTION))
    assert read_toml(written(tmp_path, fits)) == {"question": "What if?"}
    with pytest.raises(ForeignFileError, match=r"mine\.toml: the file cannot be read \(it is larger than 1 MiB\)"):
        read_toml(written(tmp_path, fits + "#"))


def test_a_table_of_points_may_have_64_mebibytes(tmp_path: Path) -> None:
    path = written(tmp_path, "toy.x\n1\n", "points.csv")
    os.truncate(path, 64 * 2**20 + 1)  # with a hole: it takes no room
    with pytest.raises(DesignError, match=r"points\.csv: the file cannot be read \(it is larger than 64 MiB\)"):
        read_points(path, PARAMETERS)


def test_utf8_is_read_with_and_without_a_byte_order_mark_and_with_either_end_of_line(tmp_path: Path) -> None:
    text = 'question = "Was kostet ein Euro €?"\r\n[buyers]\r\nalpha_keep = 0.02\r\n'
    plain = load_scenario(str(written(tmp_path, text))).scenario
    assert load_scenario(str(written(tmp_path, text.encode("utf-8-sig")))).scenario == plain
    assert load_scenario(str(written(tmp_path, text.replace("\r", "")))).scenario == plain
    assert plain.question == "Was kostet ein Euro €?"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (QUESTION.encode("utf-16"), "it is UTF-16 text"),
        (b"\xfe\xff" + QUESTION.encode("utf-16-be"), "it is UTF-16 text"),
        (QUESTION.encode("utf-16-le"), "it holds null characters, as UTF-16"),
        (QUESTION.encode("utf-32"), "it is UTF-32 text"),
        ('# one\nquestion = "für"'.encode("latin-1"), "byte 0xfc in line 2 is not UTF-8 text"),
    ],
)
def test_another_encoding_is_told_by_its_name_and_with_how_to_save(content: bytes, words: str, tmp_path: Path) -> None:
    with pytest.raises(ForeignFileError, match=r"^mine\.toml: .*; save it as UTF-8, which Excel") as told:
        read_toml(written(tmp_path, content))
    assert words in str(told.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = " + "[" * 5_000, "the file is nested too deep"),
        ("x = " + "{a = " * 5_000, "the file is nested too deep"),
        ("x = " + "[" * 50 + "]" * 50, "x is nested deeper than 20 levels"),
        ("a." * 50_000 + "a = 1", "a name has more than 20 parts joined by points"),
        ('"a b" . ' * 50 + "a = 1", "a name has more than 20 parts joined by points"),
        (f"[buyers]\nalpha_keep = {10**400}", "buyers.alpha_keep is a whole number of more than 63 bits"),
        (f"[buyers]\nalpha_keep = [1, 0x{'f' * 5_000}]", "buyers.alpha_keep.item 2 is a whole number of more than"),
        (f"x = {'9' * 5_000}", "a whole number has too many digits"),
        (f"{'a' * 5_000} = 1", "a name in it has 5,000 characters"),
        (f"x = '{'a' * 50_000}'", "x has 50,000 characters"),
        ("[world]\nprice = 1,5", "line 2 has a decimal comma, 1,5; TOML wants a point: 1.5"),
        ("[world]\nprice = -1,5 # so", "line 2 has a decimal comma, 1,5; TOML wants a point: 1.5"),
        ("x = {low = 0,1, high = 0,2}", "line 1 has a decimal comma, 0,1; TOML wants a point: 0.1"),
        ("x = 1\nx = 2", "the file is not TOML: Cannot overwrite a value"),
        ("x = 1 2", "the file is not TOML: "),
    ],
)
def test_depth_and_length_and_a_decimal_comma_are_told_with_their_cause(text: str, words: str, tmp_path: Path) -> None:
    path = written(tmp_path, text)
    for reader in (lambda each: load_scenario(str(each)), read_design):
        with pytest.raises(InputError) as told:
            reader(path)
        assert str(told.value).startswith(f"mine.toml: {words}")
        assert len(str(told.value)) < 300


def test_prose_with_points_and_long_lists_are_no_deep_names(tmp_path: Path) -> None:
    text = f'question = "{"Really. So. " * 9}{"." * 99}"\nseeds = [{", ".join(["0.25"] * 500)}]\n# {". " * 40}\n'
    assert len(read_toml(written(tmp_path, text))["seeds"]) == 500


@pytest.mark.parametrize("value", ["inf", "-inf", "nan", "-1", "0", "1e999"])
@pytest.mark.parametrize("key", ["limit_s = {}", '[stop]\noutcome = "y"\nhalf_width = {}'])
def test_a_limit_that_is_not_finite_and_positive_is_refused(key: str, value: str, tmp_path: Path) -> None:
    with pytest.raises(DesignError, match=r"^mine\.toml: (limit_s|stop\.half_width): input should be "):
        read_design(written(tmp_path, QUESTION + key.format(value)))


def test_a_range_that_is_not_finite_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DesignError, match=r"^mine\.toml: factor toy\.x: write a list of values, or a range"):
        read_design(written(tmp_path, f'{QUESTION}[factors]\n"toy.x" = {{low = 0.0, high = inf}}'))


def test_scenarios_lie_beside_their_design_wherever_the_command_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside, elsewhere = tmp_path / "beside", tmp_path / "elsewhere"
    for folder, factor in ((beside, 0.5), (elsewhere, 0.25)):
        folder.mkdir()
        written(folder, f"{QUESTION}[policy]\nstate_rebate_factor = {factor}\n")
    asked = Design(question="Q?", scenarios=("mine.toml", "no-credits"))
    plans = []
    for start, place in ((beside, Path()), (tmp_path, Path("beside")), (elsewhere, Path("../beside"))):
        monkeypatch.chdir(start)
        plans.append(make_plan("d", asked, with_files_of(place, market_model()), place))
    assert [point.content["policy.state_rebate_factor"] for point in plans[0].points] == [0.5, 0.0]
    assert [point.scenario for point in plans[0].points] == ["mine.toml", "no-credits"]
    assert {plan.sha256 for plan in plans} == {plans[0].sha256}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[]", "it holds a list instead of an object"),
        ('"a"', "it holds a text instead of an object"),
        ("1.5", "it holds a number instead of an object"),
        ("null", "it holds null instead of an object"),
        ("", "Expecting value"),
        ('{"a": NaN}', "it holds NaN, no number"),
        ('{"a": 1e999}', "a is no finite number"),
        (f'{{"a": {10**400}}}', "a is a whole number of more than 63 bits"),
        ('{"a": ' + "9" * 5_000 + "}", "Exceeds the limit"),
        ('{"a": "\\ud800"}', "a holds half a character"),
        ("[" * 100_000, "it is nested too deep"),
        ('{"a": ' * 30 + "1" + "}" * 30, "a is nested deeper than 20 levels"),
    ],
)
def test_json_that_is_no_object_of_finite_values_is_told(text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(ForeignFileError, match=r"study\.json cannot be read \(.+\)$") as told:
        read_json(written(tmp_path, text, "study.json"))
    assert words in str(told.value)


def test_a_wrong_scenario_beside_a_design_is_told_with_design_and_file(tmp_path: Path) -> None:
    asked = Design(question="Q?", scenarios=("none.toml",))
    with pytest.raises(DesignError, match=r"^d: none\.toml: .*none\.toml: the file cannot be read"):
        make_plan("d", asked, with_files_of(tmp_path, market_model()), tmp_path)
    with pytest.raises(ScenarioError, match="is not a scenario"):
        load_scenario("nocredit")
