"""The explorer's file: complete in itself, closed to the network, written whole or not at all."""

import base64
import hashlib
import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from experiments.cli import app
from experiments.explorer import page
from experiments.explorer.page import explorer_html, write_explorer
from experiments.findings.kept import kept as kept_findings

RUNNER = CliRunner()
MOST_BYTES, MOST_LINES = 5_000_000, 300
SOURCES = sorted((Path(page.__file__).parent / "page").iterdir())


@pytest.fixture(scope="module")
def text() -> str:
    return explorer_html()


def test_it_is_one_file_under_five_megabytes_that_names_no_other(text: str) -> None:
    assert len(text.encode()) < MOST_BYTES
    assert "{{" not in text
    addresses = set(re.findall(r"https?://[^\s\"'<>]+", text))
    assert addresses == {"http://www.w3.org/2000/svg"}, "a name of XML, which nothing asks for"
    assert not re.search(r"<(?:link|img|iframe|script)[^>]+(?:src|href)=", text)


def test_its_policy_allows_its_own_script_and_style_and_nothing_else(text: str) -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)
    script, style = (
        re.search(r"<script>(.*)</script>", text, re.DOTALL),
        re.search(r"<style>(.*?)</style>", text, re.DOTALL),
    )
    assert policy
    assert script
    assert style
    hashes = [base64.b64encode(hashlib.sha256(each[1].encode()).digest()).decode() for each in (script, style)]
    assert policy[1] == (
        f"default-src 'none'; script-src 'sha256-{hashes[0]}'; style-src 'sha256-{hashes[1]}'; img-src blob:"
    )


def test_text_of_the_data_cannot_end_its_element() -> None:
    nasty = {"question": "</script><img src=x onerror=alert(1)><!--"}
    written = page._for_script(nasty)
    assert "<" not in written
    assert json.loads(written) == nasty


def test_it_opens_with_the_kept_finding_and_who_found_it(text: str) -> None:
    data = re.search(r'id="data">(.*?)</script>', text, re.DOTALL)
    assert data
    told = json.loads(data[1])
    assert f"{told['finding']} {told['finding_more']}" == kept_findings().lead
    assert told["finding"].endswith("prices.")
    assert told["source"] == kept_findings().source
    assert "market" in told
    assert told["market"] is None


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_its_sources_are_short_and_set_text_as_text(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= MOST_LINES
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", source)
    assert path.suffix != ".js" or path.name in page._SCRIPTS


def test_a_folder_and_a_place_that_cannot_be_written_are_refused_in_a_sentence(tmp_path: Path) -> None:
    folder = RUNNER.invoke(app, ["explorer", str(tmp_path)])
    assert (folder.exit_code, folder.stderr.strip()) == (
        2, f"{tmp_path} is a folder; give the file to write, such as {tmp_path / 'explorer.html'}"
    )  # fmt: skip
    nowhere = RUNNER.invoke(app, ["explorer", str(tmp_path / "no" / "explorer.html")])
    assert nowhere.exit_code == 1
    assert nowhere.stderr.count("\n") == 1
    assert "cannot be written (No such file or directory); choose another file" in nowhere.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_stays_until_the_new_one_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "explorer.html"
    out.write_text("mine", encoding="utf-8")
    with monkeypatch.context() as broken:
        broken.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "full")))
        assert RUNNER.invoke(app, ["explorer", str(out)]).exit_code == 1
    assert out.read_text(encoding="utf-8") == "mine"
    assert write_explorer(out) == out
    assert out.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert [each.name for each in tmp_path.iterdir()] == ["explorer.html"]
