"""`python -m otgnlp` is the command `otgnlp`."""

import sys

from otgnlp.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
