"""The lock under which a process makes what it needs only one of: analyzer, taggers, readers."""

from __future__ import annotations

import os
import threading

# One lock for all, so that no two threads wait for each other.
ONCE = threading.RLock()

if hasattr(os, "register_at_fork"):
    # A child forked while another thread holds the lock would find it locked for ever.
    os.register_at_fork(
        before=ONCE.acquire, after_in_parent=ONCE.release, after_in_child=ONCE.release
    )
