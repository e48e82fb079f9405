"""Saved states on disk: read as written, bounded, locked, and never in the way of a run."""

import multiprocessing
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from experiments.states.store import SETTING, Store, cache_folder
from market.base.object_pairs import Array

KEY, OTHER = "a" * 64, "b" * 64
STATE: dict[str, Array] = {"structure": np.frombuffer(b"{}", np.uint8), "1 x['y']": np.arange(1_200.0).reshape(3, 400)}


@pytest.fixture
def said() -> list[str]:
    """Lines that were told."""
    return []


@pytest.fixture
def store(tmp_path: Path, said: list[str]) -> Store:
    """A store that is not there yet."""
    return Store(tmp_path / "cache" / "detour", said.append)


def test_a_state_is_read_as_it_was_written(store: Store, said: list[str]) -> None:
    assert store.read(KEY) is None
    store.write(KEY, STATE)
    found = store.read(KEY)
    assert found is not None
    assert list(found) == list(STATE)
    assert all(np.array_equal(found[name], STATE[name]) for name in STATE)
    assert said == []
    assert [path.name for path in store.folder.iterdir()] == [f"{KEY}.npz"]


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def pickled(path: Path) -> None:
    np.savez(path, structure=np.array([{"a": print}], dtype=object))


def without_seal(path: Path) -> None:
    np.savez(path, **STATE)  # type: ignore[arg-type]


def edited(path: Path) -> None:
    with np.load(path) as content:
        state = {name: content[name] for name in content.files}
    np.savez(path, **{**state, "1 x['y']": np.zeros((3, 400))})


@pytest.mark.parametrize("damage", [cut, flip, empty, pickled, without_seal, edited])
def test_a_damaged_state_is_told_in_one_line_and_not_used(
    damage: Callable[[Path], None], store: Store, said: list[str]
) -> None:
    store.write(KEY, STATE)
    damage(store.path(KEY))
    assert store.read(KEY) is None
    assert store.read(KEY) is None
    assert len(said) == 1
    assert "made again" in said[0]
    assert "\n" not in said[0]
    store.write(KEY, STATE)
    assert store.read(KEY) is not None


def test_the_state_used_longest_ago_makes_room(tmp_path: Path, said: list[str]) -> None:
    size = sum(array.nbytes for array in STATE.values())
    store = Store(tmp_path, said.append, most_bytes=4 * size + 3_000)
    for number in range(6):
        store.write(f"{number:064}", STATE)
        os.utime(store.path(f"{number:064}"), (number, number))
        if number == 1:
            store.read(f"{0:064}")
    left = sorted(int(path.stem) for path in tmp_path.glob("*.npz"))
    assert 0 in left
    assert 1 not in left
    assert left[-1] == 5
    assert sum(path.stat().st_size for path in tmp_path.glob("*.npz")) <= store.most_bytes


def test_a_state_too_large_for_the_store_is_not_kept(tmp_path: Path, said: list[str]) -> None:
    Store(tmp_path, said.append, most_bytes=100).write(KEY, STATE)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_told_once(tmp_path: Path, said: list[str]) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    store = Store(tmp_path / "file" / "detour", said.append)
    for _ in range(2):
        with store.making(KEY):
            store.write(KEY, STATE)
        assert store.read(KEY) is None
        assert not store.was_asked(KEY)
    assert len(said) == 1
    assert "cannot be written" in said[0]


def test_what_was_asked_for_is_remembered_within_bounds(store: Store) -> None:
    assert not store.was_asked(KEY)
    assert store.was_asked(KEY)
    for number in range(1_200):
        store.was_asked(f"{number:064}")
    assert (store.folder / "asked").stat().st_size < 70_000


def make(folder: Path) -> None:
    """Make a state if it is not there, slowly, and note it."""
    store = Store(folder, print)
    with store.making(KEY):
        if store.read(KEY) is None:
            with (folder / "made").open("a", encoding="utf-8") as file:
                file.write("once\n")
            store.write(KEY, STATE)


def test_of_processes_that_want_a_state_one_makes_it(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=make, args=(tmp_path,)) for _ in range(3)]
    for each in processes:
        each.start()
    for each in processes:
        each.join()
    assert [each.exitcode for each in processes] == [0, 0, 0]
    assert (tmp_path / "made").read_text(encoding="utf-8") == "once\n"


def test_a_lock_is_free_again_when_its_holder_fails(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.making(KEY):
        raise ZeroDivisionError
    with store.making(KEY), store.making(OTHER):
        pass


def test_where_states_are_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(SETTING, "")
    assert cache_folder() is None
    monkeypatch.setenv(SETTING, str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.delenv(SETTING)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_folder() == tmp_path / "xdg" / "detour"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder() == tmp_path / ".cache" / "detour"


def test_a_state_is_a_plain_archive(store: Store) -> None:
    store.write(KEY, STATE)
    with zipfile.ZipFile(store.path(KEY)) as content:
        assert sorted(content.namelist()) == sorted([*(f"{name}.npy" for name in STATE), "sha256.npy"])
