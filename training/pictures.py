"""Pictures of pages and of a terminal, for the documentation: `python -m training.pictures`.

They show the texts of examples/, in Chromium and by rich. Needs what `.ci/debian-packages` and the
extra `browser` install.
"""

from __future__ import annotations

import datetime
import io
import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

import otgnlp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Literal

    from otgnlp import Document

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "images"
_LARGEST = 200_000  # bytes

_WIDE = {"width": 1280, "height": 800}
_PHONE = {"width": 390, "height": 780}
_SHOWN = "2025-05-14-ii-strategiya.txt"


def main() -> None:
    """Write all pictures."""
    from playwright.sync_api import sync_playwright

    news = sorted((ROOT / "examples" / "news").glob("*.txt"))
    one = otgnlp.render.html(_tag(ROOT / "examples" / "summit.txt"), title="summit.txt")
    many = _draw(news, "News of half a year", "en")
    russian = _draw(news, "Новости за полгода", "ru")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=list(_options())
        )
        _shoot(browser, "light", one, _hover)
        _shoot(browser, "dark", one, color_scheme="dark")
        _shoot(browser, "phone", one, _scroll, viewport=_PHONE, device_scale_factor=1.5)
        _shoot(browser, "many", many)
        _shoot(browser, "many.ru", russian)
        browser.close()
    _write("report-terminal.svg", _terminal(_tag(news[0].with_name(_SHOWN))).encode("utf-8"))


def _shoot(
    browser: Any, name: str, html: str, act: Callable[[Any], None] | None = None, **options: Any
) -> None:
    """Write a picture of a page, after something was done in it."""
    page = browser.new_page(**{"viewport": _WIDE, "reduced_motion": "reduce", **options})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.html"
        path.write_text(html, encoding="utf-8")
        page.goto(path.as_uri())
        if act is not None:
            act(page)
        page.wait_for_timeout(500)
        _write(f"report-{name}.png", page.screenshot())
    page.close()


def _tag(path: Path) -> Document:
    return otgnlp.tag(path.read_text(encoding="utf-8"))


def _draw(paths: Sequence[Path], title: str, language: Literal["en", "ru"]) -> str:
    return otgnlp.render.html(
        map(_tag, paths),
        names=[path.name for path in paths],
        dates=[datetime.date.fromisoformat(path.name[:10]) for path in paths],
        title=title,
        language=language,
    )


def _options() -> Iterator[str]:
    if getattr(os, "geteuid", lambda: 1)() == 0:
        yield "--no-sandbox"  # for root, Chromium has no other way


def _hover(page: Any) -> None:
    page.locator(".s.c0 > .k").first.hover()


def _scroll(page: Any) -> None:
    page.locator(".where").evaluate("element => element.scrollIntoView()")


def _terminal(document: Document) -> str:
    """Return what rich prints as SVG, without the font that it would ask the network for."""
    console = Console(record=True, width=92, file=io.StringIO(), force_terminal=True)
    console.print(document)
    svg = console.export_svg(title="rich.print(document)", unique_id="terminal")
    return re.sub(r"@font-face\s*\{.*?\}\s*", "", svg, flags=re.DOTALL)


def _write(name: str, content: bytes) -> None:
    if len(content) > _LARGEST:
        raise ValueError(f"{name} has {len(content)} bytes, more than {_LARGEST}")
    (PICTURES / name).write_bytes(content)


if __name__ == "__main__":
    main()
