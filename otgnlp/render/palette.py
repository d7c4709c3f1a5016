"""The colours of topics, and of all else, on light and on dark ground.

Each topic has a strong colour, for its letter, its bars and the lines under words, and a tint that
its sentences lie on. The first four stay apart by a CIEDE2000 difference of at least 9, all ten by
at least 4, to normal eyes and to those without the red, the green or the blue cones;
tests/test_palette.py works these differences out. No picture tells topics by colour alone, so an
eleventh topic has the first one's colours again.
"""

from __future__ import annotations

LIGHT = {
    "page": "#faf9f6",
    "card": "#ffffff",
    "ink": "#1c2126",
    "soft": "#575f69",
    "line": "#e4e1da",
    "edge": "#8b9099",
    "link": "#1c5791",
}
DARK = {
    "page": "#14171b",
    "card": "#1b1f24",
    "ink": "#e8eaec",
    "soft": "#a9b1ba",
    "line": "#343a42",
    "edge": "#767f8a",
    "link": "#8ec1f5",
}

LIGHT_TINTS = (
    "#ecd7a6 #fdb6cf #cad0fe #d9fae2 #fec7ce #bffdee #c7e2bf #ece798 #e0dbfe #e4c6e3".split()
)
LIGHT_STRONG = (
    "#816518 #aa406e #3b3599 #02572e #9b354d #087161 #437834 #605b1f #605292 #6f1f70".split()
)
DARK_TINTS = (
    "#40361e #3f1c2a #32344c #375541 #5f2a35 #155448 #1c480d #504d2c #30205a #5f2f5f".split()
)
DARK_STRONG = (
    "#eac15e #f484b0 #9aa1f3 #9ff5bc #dc96a1 #34f9d8 #baf9a8 #eee249 #c4baf9 #dd9edc".split()
)

N_COLOURS = len(LIGHT_TINTS)


def declarations(*, dark: bool) -> str:
    """Return all colours of light or dark ground as CSS custom properties."""
    tints, strong = (DARK_TINTS, DARK_STRONG) if dark else (LIGHT_TINTS, LIGHT_STRONG)
    colours = dict(DARK if dark else LIGHT)
    colours |= {f"tint{number}": colour for number, colour in enumerate(tints)}
    colours |= {f"strong{number}": colour for number, colour in enumerate(strong)}
    return "".join(f"--{name}:{colour};" for name, colour in colours.items())


def themes() -> str:
    """Return the rules of a page: as the reader's system has it, as asked for, light on paper."""
    light = f"color-scheme:light;{declarations(dark=False)}"
    dark = f"color-scheme:dark;{declarations(dark=True)}"
    return (
        f":root{{{light}}}\n"
        f"@media(prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}}}}}\n"
        f":root[data-theme=dark]{{{dark}}}\n"
        f"@media print{{:root:root:root{{{light}}}}}\n"
    )
