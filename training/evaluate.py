"""Measure the bundled model: `python -m training.evaluate DATA.jsonl … [--json] [--model DIR]`.

The command `otgnlp evaluate`, from the checkout.
"""

from __future__ import annotations

import sys

from otgnlp.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["evaluate", *sys.argv[1:]]))
