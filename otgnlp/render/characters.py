"""Characters that draw nothing, or turn what stands beside them, made visible and harmless."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

# What browsers draw nothing for, drop or refuse: each becomes one character, so places hold.
_CONTROLS = {code: 0x2400 + code for code in range(32) if chr(code) not in "\t\n\r"}
_CONTROLS |= {0x7F: 0x2421} | dict.fromkeys(range(0x80, 0xA0), 0xFFFD) | {0x85: 0x2424}
_SURROGATE = re.compile("[\ud800-\udfff]")

# Marks that turn the direction of text, by the names that Unicode gives them for short.
_TURNS = {
    "\u061c": "ALM",
    "\u200e": "LRM",
    "\u200f": "RLM",
    "\u202a": "LRE",
    "\u202b": "RLE",
    "\u202c": "PDF",
    "\u202d": "LRO",
    "\u202e": "RLO",
    "\u2066": "LRI",
    "\u2067": "RLI",
    "\u2068": "FSI",
    "\u2069": "PDI",
}
_TURN = re.compile(f"[{''.join(_TURNS)}]")


def tame(text: str) -> str:
    r"""Return a text of the same length that any UTF-8 file and attribute can hold.

    >>> tame("a\x00b\ud800\u202ec")
    'a␀b��c'
    """
    return _TURN.sub("\ufffd", _without_controls(text))


def show(text: str) -> Markup:
    r"""Return a text as HTML, with marks that turn the direction of text shown by their names.

    >>> show("<b>\u202e")
    Markup('&lt;b&gt;<span class="turn" data-mark="RLO"></span>')
    """
    escaped = str(escape(_without_controls(text)))
    return Markup(  # noqa: S704 - escaped, and _TURNS holds plain names
        _TURN.sub(
            lambda found: f'<span class="turn" data-mark="{_TURNS[found[0]]}"></span>', escaped
        )
    )


def _without_controls(text: str) -> str:
    return _SURROGATE.sub("\ufffd", text.translate(_CONTROLS))
