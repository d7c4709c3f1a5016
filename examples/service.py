"""otgnlp behind HTTP: texts are posted, tagged documents come back.

    uvicorn examples.service:app --workers 2 --limit-concurrency 64 --timeout-keep-alive 5

Settings are environment variables: OTGNLP_MODEL (a model folder; the bundled model unless set),
OTGNLP_MAX_BYTES (of a request, 1000000), OTGNLP_MAX_WAITING (texts that a process has at work or
waiting, 16), OTGNLP_TIMEOUT (seconds for a request to arrive, and again for its answer, 10).
"""

import asyncio
import contextlib
import json
import logging
import os
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

import otgnlp

MAX_BYTES = int(os.environ.get("OTGNLP_MAX_BYTES", "1000000"))
MAX_WAITING = int(os.environ.get("OTGNLP_MAX_WAITING", "16"))
TIMEOUT = float(os.environ.get("OTGNLP_TIMEOUT", "10"))

log = logging.getLogger("otgnlp.service")


@contextlib.asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    """Load the model and tag a sentence before the first request is let in."""
    if not log.handlers:
        log.addHandler(logging.StreamHandler())
    log.setLevel(logging.INFO)
    # A character takes a byte at least: what passes as a request cannot be too long as a text.
    tagger = otgnlp.Tagger.load(
        os.environ.get("OTGNLP_MODEL") or otgnlp.bundled_model(), max_length=MAX_BYTES
    )
    # Tagging keeps one core busy in Python: a second thread would only share it. The loop stays
    # free for health checks and for requests that are turned away.
    with ThreadPoolExecutor(1, "tagging") as thread:
        app.state.tagger, app.state.thread, app.state.waiting = tagger, thread, 0
        await asyncio.get_running_loop().run_in_executor(thread, _tag, tagger, "Порт открыт.", None)
        log.info("ready: %s", tagger)
        yield


async def tag(request: Request) -> Response:
    """Tag the text of `{"text": …, "threshold": …}`; the threshold may be left out."""
    try:
        text, threshold = _read(await asyncio.wait_for(_body(request), TIMEOUT))
    except asyncio.TimeoutError:
        raise HTTPException(408, f"the request did not arrive within {TIMEOUT:g} s") from None
    except ClientDisconnect:
        raise HTTPException(400, "the client went away") from None
    began = time.perf_counter()
    found = await _answer(request.app.state, text, threshold)
    log.info(  # never the text itself
        "tagged %d characters, %d sentences in %.0f ms",
        len(text),
        len(found["sentences"]),
        1000 * (time.perf_counter() - began),
    )
    return JSONResponse(found)


async def _body(request: Request) -> bytes:
    """Read the body, and no more of it than is allowed, whatever the headers say."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MAX_BYTES:
            raise HTTPException(413, f"more than {MAX_BYTES} bytes", {"Connection": "close"})
    return bytes(body)


def _read(body: bytes) -> tuple[str, Any]:
    try:
        data = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise HTTPException(400, f"no JSON in UTF-8: {error}") from None
    if not isinstance(data, dict) or not isinstance(data.get("text"), str):
        raise HTTPException(422, 'expected {"text": "…"}')
    return data["text"], data.get("threshold")


async def _answer(state: Any, text: str, threshold: Any) -> dict[str, Any]:
    """Tag a text in the thread for it, unless too many are waiting for that."""
    if state.waiting >= MAX_WAITING:
        raise HTTPException(503, "busy", {"Retry-After": "1"})
    state.waiting += 1
    work = asyncio.get_running_loop().run_in_executor(
        state.thread, _tag, state.tagger, text, threshold
    )
    try:
        # What has not begun by then is taken back. What has begun goes on to its end: no thread
        # can be stopped, but MAX_BYTES bounds how long that takes.
        return await asyncio.wait_for(work, TIMEOUT)
    except asyncio.TimeoutError:
        raise HTTPException(503, f"no answer in {TIMEOUT:g} s", {"Retry-After": "1"}) from None
    except otgnlp.InputError as error:
        raise HTTPException(422, str(error)) from None
    finally:
        state.waiting -= 1


def _tag(tagger: otgnlp.Tagger, text: str, threshold: Any) -> dict[str, Any]:
    return tagger.tag(text, threshold).to_dict(details=False)


async def health(request: Request) -> Response:
    """Say that the process is up, with which model, and how many requests wait."""
    state = request.app.state
    return JSONResponse(
        {"model": state.tagger.model.title, "waiting": state.waiting}, headers=_NO_STORE
    )


async def failed(_request: Request, error: Exception) -> Response:
    """Tell the client what is wrong, as JSON."""
    assert isinstance(error, HTTPException)
    log.info("refused with %d: %s", error.status_code, error.detail)
    return JSONResponse({"error": error.detail}, error.status_code, error.headers)


_NO_STORE = {"Cache-Control": "no-store"}

app = Starlette(
    routes=[Route("/tag", tag, methods=["POST"]), Route("/health", health)],
    exception_handlers={HTTPException: failed},
    lifespan=lifespan,
)
