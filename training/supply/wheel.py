"""Build the wheel, the same bytes from the same source: `python -m training.supply.wheel -o DIR`.

Times, rights and places of the files do not matter; the version of the build back end does, which
the wheel names.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

from training.report import speak_utf8
from training.supply.environments import ROOT, run

_FIRST_OF_ZIP = "315532800"  # 1980-01-01, before which a wheel's archive knows no time
_NOT_SOURCE = shutil.ignore_patterns(
    ".git", ".*cache", ".venv*", "__pycache__", "build", "dist", "*.egg-info"
)


def build(target: Path, source: Path = ROOT) -> Path:
    """Build the wheel of a checkout into a folder, and return its path."""
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copytree(source, Path(folder) / "source", ignore=_NOT_SOURCE)
        for place, _, names in os.walk(copy):
            os.chmod(place, 0o755)  # noqa: S103
            for name in names:
                os.chmod(Path(place) / name, 0o644)
        made = Path(folder) / "made"
        run(
            [sys.executable, "-m", "build", "--wheel", "--outdir", made, copy],
            SOURCE_DATE_EPOCH=_FIRST_OF_ZIP,
        )
        (wheel,) = made.iterdir()
        target.mkdir(parents=True, exist_ok=True)
        return Path(shutil.copyfile(wheel, target / wheel.name))


def main() -> int:
    """Run the command."""
    speak_utf8()
    parser = argparse.ArgumentParser(prog="python -m training.supply.wheel", description=__doc__)
    parser.add_argument("-o", "--output", type=Path, default=Path("dist"), metavar="DIR")
    sys.stdout.write(f"{build(parser.parse_args().output)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
