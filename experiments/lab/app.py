"""The lab's web application: what each address answers."""

import json
import threading
from collections.abc import Callable
from importlib.resources import files
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from experiments.lab import autopsies, bets, networks, saving
from experiments.lab.asks import Ask, parsed, read_ask
from experiments.lab.ensemble import AT_ONCE, WORLDS, ensemble
from experiments.lab.history import history
from experiments.lab.starting import start
from experiments.lab.transport import BodyTooLargeError, BodyTooSlowError, body_of, shrunk, wants_shrunk
from experiments.lab.workers import (
    SECONDS_TO_WAIT,
    AbandonedError,
    EndedError,
    OneAtATimeError,
    TooBusyError,
    Workers,
)
from experiments.lab.worlds import Worlds
from simulation.problems import InputError, Problem

STATIC = str(files("experiments.lab").joinpath("static"))
PACKED, JSON = "application/octet-stream", "application/json"
LARGEST_SAVE = 64_000  # bytes of a wish to save
SECONDS_FOR_A_SAVE = 5  # after which the next may have its turn: most take less, and the page tries again four times


class Lab:
    """The answers. worlds : what may be asked for; workers : who does it"""

    def __init__(self, worlds: Worlds, workers: Workers) -> None:
        self.worlds, self.workers, self.bets = worlds, workers, bets.Bets()

    async def page(self, request: Request) -> Response:
        """The page itself, looked up anew each time: it may have been replaced by a newer one."""
        return FileResponse(f"{STATIC}/index.html", headers={"cache-control": "no-cache"})

    async def start(self, request: Request) -> Response:
        """All that a page needs to begin."""
        return plain_json(await self.workers.run(lambda: start(self.worlds)))

    async def history(self, request: Request) -> Response:
        """A whole run."""
        ask = self._ask(request)
        return await self._answer(request, ("history", ask.text), lambda: history(ask), PACKED)

    async def ensemble(self, request: Request) -> Response:
        """Some worlds of many."""
        ask = self._ask(request)
        first, count = whole(request, "first", 0, 0, WORLDS - 1), whole(request, "count", 8, 1, AT_ONCE)
        count = min(count, WORLDS - first)
        return await self._answer(
            request, ("ensemble", ask.text, first, count), lambda: ensemble(ask, first, count), PACKED, is_patient=True
        )

    async def autopsy(self, request: Request) -> Response:
        """The life of an alliance, and what would have saved it."""
        ask, alliance = self._ask(request), whole(request, "alliance", None, 0, 2**31)
        key = ("autopsy", ask.text, alliance)
        return await self._answer(
            request, key, lambda: encoded(autopsies.autopsy_json(ask, alliance)), JSON, is_patient=True
        )

    async def firm(self, request: Request) -> Response:
        """What became of a firm until some quarter."""
        ask = self._ask(request)
        seat = whole(request, "seat", None, 0, 2**31)
        quarter = whole(request, "quarter", None, 0, 2**31) if "quarter" in request.query_params else None
        key = ("firm", ask.text, seat, quarter)
        return await self._answer(request, key, lambda: encoded(autopsies.firm_json(ask, seat, quarter)), JSON)

    async def telling(self, request: Request) -> Response:
        """The alliances of a run that tell most."""
        ask = self._ask(request)
        return await self._answer(
            request, ("telling", ask.text), lambda: encoded(autopsies.telling_json(ask)), JSON, is_patient=True
        )

    async def load_network(self, request: Request) -> Response:
        """Take in a network as CSV."""
        content = await body_of(request, networks.LARGEST)
        at = request.query_params.get("at", "")
        return plain_json(await self.workers.run(lambda: networks.keep_network(content, at, self.worlds)))

    async def all_bets(self, request: Request) -> Response:
        """The bets of a lesson."""
        return plain_json(self.bets.of(request.query_params.get("lesson", "")))

    async def place_bet(self, request: Request) -> Response:
        """Take a bet."""
        return plain_json(self.bets.place(text_of(await body_of(request, bets.LARGEST))))

    async def save(self, request: Request) -> Response:
        """The worlds of a page as a file: one at a time, aside, until its visitor has gone."""
        asked = parsed(text_of(await body_of(request, LARGEST_SAVE)), "save")
        if not isinstance(asked, dict) or not isinstance(asked.get("form"), str):
            raise InputError([Problem('is not a table such as {"form": "html", "state": {}}', "save")])

        def work(stop: threading.Event) -> saving.Saved:
            return saving.save(asked["form"], asked.get("state"), self.worlds, stop)

        content, media_type, name = await self.workers.run_aside(work, request.is_disconnected)
        return Response(
            content, media_type=media_type, headers={"content-disposition": f'attachment; filename="{name}"'}
        )

    def _ask(self, request: Request) -> Ask:
        return read_ask(request.query_params.get("ask", ""), self.worlds)

    async def _answer(
        self,
        request: Request,
        key: tuple[Any, ...],
        work: Callable[[], bytes],
        media_type: str,
        is_patient: bool = False,
    ) -> Response:
        """The answer to an ask; for visitors from afar compressed, by the thread that made it."""
        if not wants_shrunk(request):
            return Response(await self.workers.answer(key, work, is_patient), media_type=media_type)
        content = await self.workers.answer((*key, "gzip"), lambda: shrunk(work()), is_patient)
        return Response(content, media_type=media_type, headers={"content-encoding": "gzip", "vary": "accept-encoding"})


def whole(request: Request, name: str, usual: int | None, low: int, high: int) -> int:
    """A whole number of the address, within bounds. usual : if it is left out; None : it must be there"""
    text = request.query_params.get(name, "")
    if not text and usual is not None:
        return usual
    digits = text.removeprefix("-")
    if not digits.isdecimal() or len(digits) > 20:
        raise InputError([Problem(f'"{text[:60]}" is not a whole number from {low:,} to {high:,}', name)])
    return min(max(int(text), low), high)


def text_of(content: bytes) -> str:
    """UTF-8 as text. Raises InputError."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError([Problem("is not UTF-8 text", "body")]) from None


def encoded(value: Any) -> bytes:
    """A value as JSON in ASCII: half of a letter, which JSON may hold and UTF-8 may not, stays what it is."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False).encode("ascii")


def plain_json(value: Any, status: int = 200) -> Response:
    """A value as an answer."""
    return Response(encoded(value), status, media_type=JSON)


def problem(sentence: str, status: int, **headers: str) -> Response:
    """What went wrong, as an answer."""
    return Response(encoded({"problems": [sentence]}), status, headers, JSON)


async def _wrong_input(request: Request, error: Exception) -> Response:
    problems = error.problems if isinstance(error, InputError) else ()
    return plain_json({"problems": [str(one) for one in problems]}, 400)


async def _too_busy(request: Request, error: Exception) -> Response:
    wait = {"retry-after": str(SECONDS_TO_WAIT)}
    return problem("The lab is busy with the asks of others; it will try again in a second.", 503, **wait)


async def _saving_another(request: Request, error: Exception) -> Response:
    wait = {"retry-after": str(SECONDS_FOR_A_SAVE)}
    return problem("The lab is saving a file for somebody else, one at a time; try again in some seconds.", 503, **wait)


async def _ended(request: Request, error: Exception) -> Response:
    return problem("The lab has been closed.", 503, connection="close")


async def _bets_full(request: Request, error: Exception) -> Response:
    return problem(f"This lesson has {bets.MOST_BETS} bets, and no more are kept.", 429)


async def _too_large(request: Request, error: Exception) -> Response:
    return problem(f"{error}", 413, connection="close")


async def _too_slow(request: Request, error: Exception) -> Response:
    return problem("The rest of the message did not come.", 408, connection="close")


async def _no_page(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    sentences = {404: "There is nothing at this address.", 405: "This address does not take that method."}
    return problem(sentences.get(status, "This cannot be answered."), status)


async def _gone(request: Request, error: Exception) -> Response:
    return Response(status_code=400)


def application(worlds: Worlds, workers: Workers) -> Starlette:
    """The lab without its guard."""
    lab = Lab(worlds, workers)
    routes = [
        Route("/api/history", lab.history),
        Route("/api/ensemble", lab.ensemble),
        Route("/api/autopsy", lab.autopsy),
        Route("/api/firm", lab.firm),
        Route("/api/telling", lab.telling),
        Route("/api/start", lab.start),
        Route("/api/network", lab.load_network, methods=["POST"]),
        Route("/api/bets", lab.all_bets, methods=["GET"]),
        Route("/api/bets", lab.place_bet, methods=["POST"]),
        Route("/api/save", lab.save, methods=["POST"]),
        Route("/", lab.page),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]
    answers = {
        InputError: _wrong_input,
        TooBusyError: _too_busy,
        OneAtATimeError: _saving_another,
        AbandonedError: _gone,
        EndedError: _ended,
        bets.BetsFullError: _bets_full,
        BodyTooLargeError: _too_large,
        BodyTooSlowError: _too_slow,
        ClientDisconnect: _gone,
        HTTPException: _no_page,
    }
    found = Starlette(routes=routes, exception_handlers=answers)
    found.router.redirect_slashes = False
    return found
