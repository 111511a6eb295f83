"""The system's Chromium, and a lab of one's own: for tests, benchmarks and the pictures of the guide."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urldefrag, urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/?\S*")
SECONDS_TO_START = 120  # a very first start compiles the engine
MILLISECONDS_TO_WAIT = 30_000  # not a measure of speed: the end of a test that hangs


def chromium() -> str | None:
    """Where the system's Chromium is."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@contextmanager
def browsing(*arguments: str) -> Iterator["Browser"]:
    """A headless Chromium that finds no host but this machine."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=chromium(),
            args=["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", *arguments],
        )
        yield browser
        browser.close()


@contextmanager
def laboratory(*options: str) -> Iterator[str]:
    """The address of a lab that runs as a user starts it; AssertionError if it does not start, or printed a traceback."""
    command = [sys.executable, "-m", "experiments", "lab", "--port", "0", "--no-browser", *options]
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        environment = os.environ | {"PYTHONUNBUFFERED": "1", "NO_COLOR": "1", "COLUMNS": "200"}
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=said, stderr=subprocess.STDOUT)
        try:
            yield address_printed(process, said)
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        assert "Traceback" not in text_of(said), text_of(said)


def address_printed(process: subprocess.Popen[bytes], said: Any) -> str:
    """The first address in what a starting lab prints."""
    until = time.monotonic() + SECONDS_TO_START
    while not (found := ADDRESS.search(text_of(said))):
        assert process.poll() is None, f"the lab ended with {process.returncode}: {text_of(said)}"
        assert time.monotonic() < until, f"the lab printed no address: {text_of(said)}"
        time.sleep(0.05)
    return found.group().rstrip(".,)")


def text_of(said: Any) -> str:
    # Read by position: the process that writes shares the place in the file with us.
    return os.pread(said.fileno(), 1 << 20, 0).decode("utf-8", errors="replace")


def at_rest(page: "Page") -> None:
    """Wait until the lab has booted and no request of it is under way."""
    page.wait_for_function("() => window.lab && window.lab.idle")
    page.evaluate("() => window.lab.idle()")


class Watch:
    """What pages did that none of ours may do: errors, warnings, and requests to anywhere but 127.0.0.1."""

    def __init__(self) -> None:
        self.expected: list[str] = []
        self.seen: list[str] = []

    def expect(self, text: str) -> None:
        """A complaint that holds this text is part of the test: a wrong file answers 400, which Chromium logs."""
        self.expected.append(text)

    def follow(self, context: "BrowserContext") -> None:
        context.on("console", self.console)
        context.on("weberror", lambda error: self.seen.append(f"error in the page: {error.error}"))
        context.on("request", self.request)

    def console(self, message: "ConsoleMessage") -> None:
        if message.type in ("error", "warning", "assert"):
            self.seen.append(f"console {message.type}: {message.text} ({message.location.get('url')})")

    def request(self, request: "Request") -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("data", "blob", "about") or parts.hostname == "127.0.0.1":
            return
        itself = request.is_navigation_request() or urldefrag(request.url).url == urldefrag(request.frame.url).url
        if not (parts.scheme == "file" and itself):
            self.seen.append(f"request to {request.url}")

    @property
    def complaints(self) -> list[str]:
        return [line for line in self.seen if not any(text in line for text in self.expected)]
