"""Importing is cheap, and the public names are all there."""

from __future__ import annotations

import subprocess
import sys

import pytest

import otgnlp

HEAVY = ("sklearn", "scipy", "pandas", "rich", "numpy", "pymorphy3", "razdel", "joblib")


def modules_after(code: str) -> set[str]:
    command = [sys.executable, "-c", f"import sys; {code}; print(*sys.modules)"]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    return set(done.stdout.split())


def test_import_loads_nothing_heavy():
    loaded = modules_after("import otgnlp")
    assert not loaded & set(HEAVY)


def test_tagging_needs_no_scikit_learn():
    loaded = modules_after("import otgnlp; otgnlp.tag('Порт.').sentences[0].evidence('ai')")
    assert "numpy" in loaded
    assert not loaded & {"sklearn", "scipy", "pandas", "rich", "joblib"}


def test_public_names():
    assert set(otgnlp.__all__) <= set(dir(otgnlp))
    for name in otgnlp.__all__:
        assert getattr(otgnlp, name).__name__ == name
    with pytest.raises(AttributeError, match="no attribute 'tags'"):
        otgnlp.tags
