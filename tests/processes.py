"""Real processes with faults: what a session of them leaves, and a terminal that is read."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMAND = [sys.executable, "-m", "otgnlp"]
_RICH = re.compile(rb"\x1b\[(?:[0-9;]*m|\?25[hl]|[12][AK])")  # colours, and a line drawn again


def start(*arguments, **options):
    """Start a command in a session of its own, with pipes."""
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    return subprocess.Popen(
        [*map(str, arguments)],
        bufsize=0,  # else what readline has read ahead is lost to communicate
        start_new_session=True,
        **{**pipes, "cwd": ROOT, **options},
    )


def survivors(session: int, seconds: float = 10.0) -> list[str]:
    """Return the processes that a session still has after so long; none as soon as all ended."""
    deadline = time.monotonic() + seconds
    while (alive := _members(session)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return alive


def workers(session: int) -> list[int]:
    """Return joblib's worker processes in a session."""
    return [int(line.split()[0]) for line in _members(session) if "LokyProcess" in line]


def _members(session: int) -> list[str]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, _, _, own = (folder / "stat").read_text().rpartition(")")[2].split()[:4]
            command = os.fsdecode((folder / "cmdline").read_bytes()).replace("\0", " ")
        except OSError:
            continue
        if int(own) == session and state != "Z":
            found.append(f"{folder.name} {command}")
    return found


def on_terminal(*arguments, **options) -> tuple[bytes, int]:
    """Run a command as `on_raw_terminal` does; what Rich sends by itself is taken off."""
    sent, code = on_raw_terminal(*arguments, **options)
    return _RICH.sub(b"", sent), code


def on_raw_terminal(*arguments, stdin=b"", variables=None, **options) -> tuple[bytes, int]:
    """Run a command whose standard output and error are a terminal; return what it was sent."""
    import pty

    ours, theirs = pty.openpty()
    environment = {k: v for k, v in os.environ.items() if k not in ("FORCE_COLOR", "NO_COLOR")}
    environment |= {"TERM": "xterm-256color", "COLUMNS": "300", **(variables or {})}
    process = subprocess.Popen(
        [*map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=theirs,
        stderr=theirs,
        env=environment,
        **options,
    )
    os.close(theirs)
    process.stdin.write(stdin)
    process.stdin.close()
    sent = b""
    while True:
        try:
            part = os.read(ours, 1 << 16)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        sent += part
    os.close(ours)
    return sent, process.wait(timeout=60)


def without_privilege() -> None:
    """Give up root's right to read every file, in a child before it starts (Linux)."""
    import ctypes

    if os.geteuid() == 0:
        libc = ctypes.CDLL(None, use_errno=True)
        drop = 24  # PR_CAPBSET_DROP
        for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
            assert libc.prctl(drop, capability, 0, 0, 0) == 0


def with_small_files() -> None:
    """Let no file grow over 64 KiB, in a child before it starts: writing on is an error."""
    import resource

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, 1 << 16))
