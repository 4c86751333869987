"""The house keeps to its own rules."""

import ast
import importlib
import re
import socket
import subprocess
import tomllib
from pathlib import Path

import pytest

import bots
from inbox.metrics import Metrics
from tests.conftest import Outside

ROOT = Path(__file__).parents[1]
ROOMS = ("bots", "config", "inbox", "routing", "storage")
LONGEST_FILE = 400  # the aim is 200
LONGEST_FUNCTION = 80  # the aim is 40
REGISTRIES = re.compile(r"pypi\.org|pythonhosted\.org|registry\.npmjs|--(extra-)?index-url", re.IGNORECASE)


def tracked(pattern: str = "") -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git work tree")
    paths = [ROOT / name for name in listed.stdout.split("\0") if name.endswith(pattern) and name]
    return [path for path in paths if path.is_file()]


def ours() -> list[Path]:
    """List the program's own files; migrations are as long as the tables they make."""
    found = [path for path in tracked(".py") if path.relative_to(ROOT).parts[0] in ROOMS]
    assert len(found) > 20
    return [path for path in found if "migrations" not in path.parts]


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_is_ours_and_not_another_package_of_that_name(room: str) -> None:
    found = importlib.import_module(room).__file__
    assert found is not None
    assert Path(found) == ROOT / room / "__init__.py"


def imports_of(path: Path) -> set[str]:
    """Name the modules of ours that a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {name for name in found if name.split(".")[0] in ROOMS}


def test_no_channel_imports_another() -> None:
    """Not a contract of import-linter, which would have to name each channel: a new one edits no list."""
    wrong = []
    for kind in bots.kinds():
        others = [f"bots.{other}" for other in bots.kinds() if other != kind]
        for path in (ROOT / "bots" / kind).rglob("*.py"):
            seen = imports_of(path)
            wrong += [f"{path.name}: {name}" for name in seen if ".".join(name.split(".")[:2]) in others]
    assert wrong == []
    shared = [path for path in (ROOT / "bots").glob("*.py") if path.name != "__init__.py"]
    assert [
        p.name
        for p in shared
        for name in imports_of(p)
        if name.split(".")[1:2] in [[k] for k in bots.kinds()]
    ] == []


def test_every_folder_of_tests_is_a_package() -> None:
    folders = {path.parent for path in (ROOT / "tests").rglob("test_*.py")}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").is_file()] == []


def test_no_file_is_long() -> None:
    long = {str(path): n for path in ours() if (n := len(path.read_text().splitlines())) > LONGEST_FILE}
    assert long == {}


def test_no_function_is_long() -> None:
    long = {}
    for path in ours():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                if lines > LONGEST_FUNCTION:
                    long[f"{path}:{node.name}"] = lines
    assert long == {}


def test_no_tracked_file_names_a_registry_of_packages() -> None:
    named = []
    for path in tracked():
        if path != Path(__file__) and not path.name.endswith((".png", ".jpg", ".ico", ".gif", ".db")):
            text = path.read_text("utf-8", "replace")
            named += [f"{path}: {found[0]}" for found in [REGISTRIES.search(text)] if found]
    assert named == []


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-build.lock", "requirements-dev.lock"])
def test_a_lock_file_is_names_and_versions_only(name: str) -> None:
    lines = (ROOT / name).read_text().splitlines()
    assert len(lines) > 5
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line)] == []
    assert lines == sorted(lines, key=lambda line: line.partition("==")[0].lower())


def test_what_is_needed_to_run_and_to_test_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    needed = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    locked = (ROOT / "requirements.lock").read_text() + (ROOT / "requirements-dev.lock").read_text()
    names = {line.partition("==")[0].lower().replace("_", "-") for line in locked.splitlines()}
    wanted = {re.split(r"[^A-Za-z0-9-]", one)[0].lower() for one in needed}
    assert wanted - names == set()


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("example.com", 80), ("10.0.0.1", 80)])
def test_no_test_reaches_another_machine(address: tuple[str, int]) -> None:
    with socket.socket() as door, pytest.raises(Outside):
        door.connect(address)
    with pytest.raises(Outside):
        socket.create_connection(("example.com", 80))


def test_every_metric_is_counted_somewhere() -> None:
    code = "\n".join(path.read_text() for path in ours() if path.name != "metrics.py")
    metrics = [name for name in vars(Metrics()) if name != "registry"]
    assert [name for name in metrics if f"metrics.{name}" not in code] == []
