"""Train on files of labelled data: `python -m training.train DATA.jsonl … [-o DIR]`.

The command `otgnlp train` with the bundled model's name, version and folder as defaults.
"""

from __future__ import annotations

import sys

from otgnlp import __version__
from otgnlp.cli.main import main
from training.paths import BUNDLED

DEFAULTS = ("--name", "otgnlp-topics", "--version", __version__, "--output", str(BUNDLED))

if __name__ == "__main__":
    sys.exit(main(["train", *DEFAULTS, *sys.argv[1:]]))
