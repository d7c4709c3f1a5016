"""Fresh environments with chosen versions of libraries."""

from __future__ import annotations

import email
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.requirements import Requirement

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ROOT = Path(__file__).resolve().parents[2]


def run(command: Sequence[object], folder: Path | None = None, **more: str) -> str:
    """Run a command in a folder, by default outside the checkout; return what it prints.

    `more` are variables of its environment. Raises `RuntimeError` with what it said if it fails.
    """
    done = subprocess.run(  # noqa: S603
        list(map(str, command)),
        cwd=folder or Path(sys.prefix),
        env={**os.environ, "PYTHONUTF8": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", **more},
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
        umask=0o022 if os.name == "posix" else -1,  # a wheel holds the rights of its files
    )
    if done.returncode:
        said = (done.stdout + done.stderr)[-4000:]
        raise RuntimeError(f"{' '.join(map(str, command))[:200]}:\n{said}")
    return done.stdout


def make_environment(folder: Path, requirements: Iterable[str]) -> Path:
    """Make an environment that holds what is required and nothing else; return its Python."""
    run([sys.executable, "-m", "venv", "--without-pip", folder])
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    run([sys.executable, "-m", "pip", "--python", python, "install", "--quiet", *requirements])
    return python


def requirements_of(wheel: Path, extra: str = "") -> list[Requirement]:
    """Return what a wheel requires at run time, or with one of its extras."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = email.message_from_bytes(archive.read(name))
    found = map(Requirement, metadata.get_all("Requires-Dist", []))
    return [
        one
        for one in found
        if one.marker is None or (extra and one.marker.evaluate({"extra": extra}))
    ]


def at_lowest(requirements: Iterable[Requirement]) -> list[str]:
    """Return the requirements, each held at its lower bound; an extra of ours has none."""
    lowest = []
    for one in requirements:
        bounds = [part.version for part in one.specifier if part.operator == ">="]
        lowest += [f"{one.name}=={bound}" for bound in bounds]
    return lowest
