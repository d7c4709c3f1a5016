"""Write the software bill of materials: `python -m training.supply.bom -o otgnlp.cdx.json`.

In CycloneDX JSON: the wheel, and all that comes with it into an environment of its own today.
Needs the extra `supply`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from training.supply.environments import ROOT, make_environment, run
from training.supply.wheel import build


def describe(python: Path, output: Path) -> None:
    """Write what the environment of a Python holds."""
    command = [sys.executable, "-m", "cyclonedx_py", "environment", "--output-reproducible"]
    project = ["--pyproject", ROOT / "pyproject.toml", "--mc-type", "library"]
    run([*command, *project, "--output-format", "JSON", "--output-file", output, python])


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m training.supply.bom", description=__doc__)
    parser.add_argument(
        "-o", "--output", type=Path, default=Path("otgnlp.cdx.json"), metavar="FILE"
    )
    output = parser.parse_args().output.absolute()
    with tempfile.TemporaryDirectory() as name:
        wheel = build(Path(name) / "wheel")
        describe(make_environment(Path(name) / "environment", [str(wheel)]), output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
