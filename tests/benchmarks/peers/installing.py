"""Other programs, installed outside of the tree with pinned versions, once a machine."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

HOME: Final = Path(tempfile.gettempdir()) / "tidings-peers"
PYTHON: Final = {
    # The first asks for pkg_resources, and its Telegram connector for emoji, without saying so.
    "opsdroid": ("opsdroid==0.31.0", "setuptools<80", "emoji<2"),
    "helpdesk": ("django-helpdesk==2.6.1", "Django==5.2.19", "uvicorn==0.54.0"),
}
NODE: Final = ("bottender@1.5.5", "botkit@4.15.0", "botbuilder-adapter-web@1.0.10")
PATIENCE: Final = 600.0


class Absent(Exception):
    """It cannot be installed here."""


def python_of(name: str) -> Path:
    """Give the Python of an environment of its own that has *name*; raises Absent."""
    python = HOME / name / "bin" / "python"
    done = HOME / name / "installed"
    if not done.is_file():
        _run(sys.executable, "-m", "venv", str(HOME / name))
        _run(str(python), "-m", "pip", "--disable-pip-version-check", "install", "-q", *PYTHON[name])
        done.write_text("\n".join(PYTHON[name]))
    return python


def modules_of_node() -> Path:
    """Give the folder of Node's modules; raises Absent."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        raise Absent("npm is not on this machine")
    place = HOME / "node"
    if not (place / "installed").is_file():
        place.mkdir(parents=True, exist_ok=True)
        (place / "package.json").write_text('{"private": true}')
        _run(npm, "--prefix", str(place), "install", "--no-audit", "--no-fund", "--ignore-scripts", *NODE)
        (place / "installed").write_text("\n".join(NODE))
    return place / "node_modules"


def _run(*command: str) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE)
    except (subprocess.SubprocessError, OSError) as error:
        raise Absent(f"{Path(command[0]).name} could not install it: {type(error).__name__}") from error
