"""`otgnlp completion`: what makes a shell complete the command's words."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from otgnlp.errors import MissingExtraError

if TYPE_CHECKING:
    from otgnlp.cli.types import Commands

_SHELLS = ("bash", "zsh", "fish", "powershell")
_EXAMPLES = """\
Examples:

  eval "$(otgnlp completion bash)"                    in ~/.bashrc
  eval "$(otgnlp completion zsh)"                     in ~/.zshrc, after compinit
  otgnlp completion fish | source                     in ~/.config/fish/config.fish
  otgnlp completion powershell | Out-String | Invoke-Expression
                                                      in $PROFILE
"""


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "completion",
        help="let a shell complete commands, options and topics",
        description="Write what a shell's configuration needs to complete commands, options, "
        "topics and file names. Needs the extra `completion`.",
        epilog=_EXAMPLES,
    )
    parser.add_argument("shell", choices=_SHELLS, help="the shell")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write it."""
    try:
        from argcomplete.shell_integration import shellcode
    except ImportError:
        raise MissingExtraError(
            "completion needs argcomplete: pip install 'otgnlp[completion]'"
        ) from None
    sys.stdout.write(shellcode(["otgnlp"], shell=arguments.shell))
    return 0


def complete(parser: argparse.ArgumentParser) -> None:
    """Answer a shell that asks for completions, and end; return where none does."""
    if "_ARGCOMPLETE" not in os.environ:
        return
    try:
        from argcomplete import autocomplete
    except ImportError:
        return
    autocomplete(parser)
