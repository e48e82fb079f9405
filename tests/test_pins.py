"""The pinned environment: files that agree, no registry host, and the installed versions."""

import re
import subprocess
import tomllib
from importlib.metadata import version
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PINS = [Requirement(line) for line in PROJECT["tool"]["uv"]["constraint-dependencies"]]
LOCK = (ROOT / "requirements-dev.lock").read_text(encoding="utf-8")
USERS_LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
EXACT = re.compile(r"==[^,*]+")
REGISTRY_HOST = re.compile(rb"(test[.])?py[p]i[.](org|io)|python[h]osted|registry[.]npm|://[^/\s]+/simple\b")


def _locked(text: str) -> dict[str, list[str]]:
    """Checksums by requirement of a file that ``uv export`` wrote, such as ``mesa==3.3.1 ; marker``."""
    checksums: dict[str, list[str]] = {}
    for line in text.splitlines():
        content = line.removesuffix("\\").strip()
        if content.startswith("--hash="):
            checksums[next(reversed(checksums))].append(content.removeprefix("--hash="))
        elif content:
            checksums[content] = []
    return checksums


def _here(requirement: Requirement) -> bool:
    return requirement.marker is None or requirement.marker.evaluate()


def _ranges() -> list[Requirement]:
    extras = [line for extra in PROJECT["project"]["optional-dependencies"].values() for line in extra]
    groups = [line for group in PROJECT["dependency-groups"].values() for line in group if isinstance(line, str)]
    return [Requirement(line) for line in PROJECT["project"]["dependencies"] + groups + extras]


def test_both_files_pin_the_same_versions_under_the_same_markers() -> None:
    in_project = {str(pin) for pin in PINS}
    in_lock = {str(Requirement(line)) for line in _locked(LOCK)}
    assert in_project == in_lock, "refresh the pins as CONTRIBUTING.md says"


def test_users_get_the_same_packages_without_the_tools_of_developers() -> None:
    whole, users = (
        {line.partition(" ;")[0]: checksums for line, checksums in _locked(text).items()} for text in (LOCK, USERS_LOCK)
    )
    assert {line: whole.get(line) for line in users} == users
    assert {"pytest", "ruff", "mypy", "hypothesis"} & {line.partition("==")[0] for line in users} == set()


def test_a_pin_is_one_exact_version() -> None:
    assert [str(pin) for pin in PINS if not EXACT.fullmatch(str(pin.specifier))] == []


def test_every_locked_package_has_checksums() -> None:
    assert [line for line, checksums in _locked(LOCK).items() if not checksums] == []
    assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", each) for found in _locked(LOCK).values() for each in found)


def test_every_dependency_is_pinned_inside_its_range() -> None:
    for wanted in _ranges():
        name = canonicalize_name(wanted.name)
        pinned = [str(pin.specifier).removeprefix("==") for pin in PINS if canonicalize_name(pin.name) == name]
        assert pinned, f"{wanted.name} has no pin"
        assert all(wanted.specifier.contains(each) for each in pinned), f"{wanted} excludes its pin {pinned}"


def test_installed_versions_are_the_pinned() -> None:
    installed = {pin: version(pin.name) for pin in PINS if _here(pin)}
    others = [
        f"{pin} but {found} is installed" for pin, found in installed.items() if not pin.specifier.contains(found)
    ]
    assert others == [], "set the environment up anew"


def test_the_build_and_uv_itself_are_pinned() -> None:
    build = [Requirement(line) for line in PROJECT["tool"]["uv"]["build-constraint-dependencies"]]
    assert {Requirement(line).name for line in PROJECT["build-system"]["requires"]} <= {pin.name for pin in build}
    assert all(EXACT.fullmatch(str(pin.specifier)) for pin in build)
    assert re.search(r"^UV_VERSION=\d+[.]\d+[.]\d+$", (ROOT / ".ci/run").read_text(encoding="utf-8"), re.MULTILINE)


def test_no_file_names_a_registry_host() -> None:
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    files = [ROOT / name for name in listing.stdout.split("\0") if name]
    assert {ROOT / "requirements.lock", ROOT / "requirements-dev.lock"} <= set(files)
    assert [file.name for file in files if file.is_file() and REGISTRY_HOST.search(file.read_bytes())] == []


def test_uv_lock_is_ignored_by_git() -> None:
    assert subprocess.run(["git", "check-ignore", "--quiet", "uv.lock"], cwd=ROOT, check=False).returncode == 0
