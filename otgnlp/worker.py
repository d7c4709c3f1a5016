"""What a worker process does beside its work: it leaves interrupts to its parent, and ends with it.

A terminal sends Ctrl-C to all processes of a command. A worker that dies of it would look as if it
had crashed, so only the parent, which then stops its workers, listens. A parent that is killed
stops nobody: its workers would wait for minutes for more to do.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from functools import lru_cache

_PAUSE = 0.5  # seconds between two looks at the parent


@lru_cache(maxsize=1)
def mind_parent(parent: int) -> None:
    """Do so if this process is a child of `parent`: not in its threads, nor on another machine."""
    if os.name != "posix" or os.getppid() != parent:
        return
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_PAUSE)
    os._exit(1)
