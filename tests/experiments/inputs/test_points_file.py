"""A table of points is read as scripts, Excel and pandas write it, in any country; what is unclear is told."""

import csv
import io
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.inputs.factors import DesignError
from experiments.inputs.parameter_list import Value
from experiments.inputs.points_file import PointsFile, read_points
from tests.experiments.toy_model import PARAMETERS

X, COUNT, ON, WORD = "toy.x", "toy.count", "toy.on", "toy.word"
ONE_EACH = "; give one for each, and write numbers with a point"
TWO_MARKS = "points.csv: line 2 has a decimal comma and line 3 a decimal point; write all alike"
UNCLOSED = "points.csv, line 3: it is no line of a CSV file (unexpected end of data); fix it"
EMPTY = "points.csv: give at least a line of names and a line of values"
EXPECTED = [{X: 1.5, COUNT: 2, ON: True, WORD: "calm"}, {X: 0.25, COUNT: 3, ON: False, WORD: "a, b"}]


def read(folder: Path, content: str | bytes) -> PointsFile:
    path = folder / "points.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_points(path, PARAMETERS)


@pytest.mark.parametrize(
    "content",
    [
        'toy.x,toy.count,toy.on,toy.word\n1.5,2,true,calm\n.25,3,false,"a, b"\n',
        "toy.x;toy.count;toy.on;toy.word\n1.5;2;True;calm\n0.25;3;False;a, b\n",
        "\ufefftoy.x;toy.count;toy.on;toy.word\r\n1,5;2;TRUE;calm\r\n0,25;3;FALSE;a, b\r\n",  # Excel, Germany
        "\ufefftoy.x;toy.count;toy.on;toy.word\r\n1,5;2;1;calm\r\n,25;3,0;0;a, b\r\n;;;\r\n\r\n",
        "toy.x\ttoy.count\ttoy.on\ttoy.word\n1,5\t2\ttrue\tcalm\n2,5e-1\t3\tfalse\ta, b\n",
        'toy.x , toy.count, toy.on,toy.word\r1.5,2,true , calm\r+0.25,3.,0, "a, b"\r',
        '"toy.x";"toy.count";"toy.on";"toy.word"\n"1,5";"2";"true";"calm"\n"0,25";"3";"false";"a, b"',
    ],
)
def test_every_usual_way_to_write_the_same_table_gives_the_same_points(content: str, tmp_path: Path) -> None:
    found = read(tmp_path, content)
    assert found == PointsFile(EXPECTED)  # type: ignore[arg-type]  # a list of one type of value
    assert [type(value) for value in found.points[0].values()] == [float, int, bool, str]


@pytest.mark.parametrize("rounds", [1, 2])
def test_the_index_column_of_pandas_is_left_out_and_told(rounds: int, tmp_path: Path) -> None:
    frame = pd.DataFrame(EXPECTED)
    for _ in range(rounds):
        text = frame.to_csv()
        frame = pd.read_csv(io.StringIO(text))
    if rounds > 1:
        text = (
            text.partition("\n")[0].replace(",Unnamed: 0,", "Unnamed: 0,")
            + "\n"
            + "\n".join(line.partition(",")[2] for line in text.splitlines()[1:])
        )
    found = read(tmp_path, text)
    assert found.points == EXPECTED
    assert found.notes == ("points.csv: the first column has no name, as an index that pandas writes, and is left out",)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("toy.x;toy.x \n1;2\n", "points.csv: toy.x has two columns; give each parameter once"),
        ("toy.x,\n1,2\n", "points.csv: a column has no name in the first line; name it or remove it"),
        ("toy.x,toy.on\n1,true\n1\n", "points.csv, line 3: 1 values for 2 parameters" + ONE_EACH),
        ("toy.x\n1,5\n", "points.csv, line 2: 2 values for 1 parameters" + ONE_EACH),
        ("toy.x;toy.on\n1;true\n\n2;true\n", "points.csv, line 3: the line is empty; fill it or remove it"),
        ("toy.x;toy.count\n1,5;2\n2.5;3\n", TWO_MARKS),
        ("toy.x\nnan\n", "points.csv, line 2: toy.x is nan; allowed are 0 to 10 (1)"),
        ("toy.x\n-inf\n", "points.csv, line 2: toy.x is -inf; allowed are 0 to 10 (1)"),
        ("toy.x\n1e999\n", "points.csv, line 2: toy.x is inf; allowed are 0 to 10 (1)"),
        (f"toy.x\n{'9' * 400}\n", "points.csv, line 2: toy.x is inf; allowed are 0 to 10 (1)"),
        (f"toy.count\n{'9' * 5000}\n", "points.csv, line 2: toy.count is inf; allowed are 0 to 9 (1)"),
        ("toy.x\n1_0\n", "points.csv, line 2: toy.x is 1_0; allowed are 0 to 10 (1)"),
        ("toy.x\n٣\n", "points.csv, line 2: toy.x is ٣; allowed are 0 to 10 (1)"),
        ("toy.x,toy.on\n,1\n", "points.csv, line 2: toy.x has no value; allowed are 0 to 10 (1)"),
        ("toy.on\nyes\n", "points.csv, line 2: toy.on is yes; allowed are true or false"),
        ('toy.x,toy.word\n1,"calm\n2,wild\n', UNCLOSED),
        ("\n\n", EMPTY),
    ],
)  # fmt: skip
def test_what_is_unclear_is_told_with_its_line(text: str, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(DesignError) as told:
        read(tmp_path, text)
    assert str(told.value) == sentence


POINT = st.fixed_dictionaries({
    X: st.floats(0.0, 10.0), COUNT: st.integers(0, 9), ON: st.booleans(),
    WORD: st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zs", "Zl", "Zp"]), min_size=1, max_size=9),
})  # fmt: skip


@given(points=st.lists(POINT, min_size=1, max_size=4), separator=st.sampled_from(",;\t"), mark=st.sampled_from(",."))
def test_points_written_and_read_are_the_same(
    points: list[dict[str, Value]], separator: str, mark: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    sink = io.StringIO(newline="")
    lines = csv.writer(sink, delimiter=separator)
    lines.writerow([X, COUNT, ON, WORD])
    for point in points:
        x = repr(point[X]).replace(".", mark if separator != "," else ".")
        lines.writerow([x, point[COUNT], point[ON], point[WORD]])
    assert read(tmp_path_factory.getbasetemp(), sink.getvalue()).points == points
