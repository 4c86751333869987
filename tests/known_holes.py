"""Known holes in what is locked: `python -m tests.known_holes`, a part of `make lint`.

pip-audit asks a service on the network. A hole it knows of fails; a service that cannot be reached, or
that knows nothing of our packages as a mirror does, is told in one line and fails nothing.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.lock", "requirements-build.lock", "requirements-dev.lock")
PATIENCE = 180.0  # seconds


def judged(status: int, out: str, error: str) -> tuple[bool, list[str]]:
    """Say of pip-audit's exit status, its JSON and its complaints whether lint passes, and why."""
    try:
        told: dict[str, Any] = json.loads(out)
        packages: list[dict[str, Any]] = told["dependencies"]
    except (ValueError, KeyError, TypeError):
        last = next((line for line in reversed(error.splitlines()) if line.strip()), "no answer")
        return True, [f"pip-audit: nothing was checked ({last.strip()[:100]})"]
    holes = [_told(one, hole) for one in packages for hole in one.get("vulns", ())]
    if holes:
        return False, [f"pip-audit: {len(holes)} known holes", *holes]
    unknown = [one["name"] for one in packages if "skip_reason" in one]
    if packages and len(unknown) == len(packages):
        return True, [f"pip-audit: nothing was checked (the service knows none of {len(packages)} packages)"]
    if status:
        return False, [f"pip-audit ended with {status} and names no hole: {error.strip()[-500:]}"]
    some = f", not known there: {', '.join(unknown)}" if unknown else ""
    return True, [f"pip-audit: no known hole in {len(packages) - len(unknown)} packages{some}"]


def _told(package: dict[str, Any], hole: dict[str, Any]) -> str:
    mended = ", ".join(hole["fix_versions"]) or "nothing"
    return f"{package['name']} {package['version']}: {hole['id']}, mended in {mended}"


def audit(options: Sequence[str]) -> tuple[bool, list[str]]:
    """Run pip-audit over the locks, with more *options*."""
    files = [each for name in LOCKS for each in ("--requirement", str(ROOT / name))]
    command = [sys.executable, "-m", "pip_audit", *files, "--no-deps", "--disable-pip"]
    command += ["--format", "json", "--progress-spinner", "off", "--timeout", "5", *options]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return True, [f"pip-audit: nothing was checked (no answer within {PATIENCE:.0f} s)"]
    return judged(done.returncode, done.stdout, done.stderr)


if __name__ == "__main__":
    passed, lines = audit(sys.argv[1:])
    print("\n".join(lines))
    sys.exit(not passed)
