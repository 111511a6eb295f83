"""The pictures of docs/lab.md, from a real lab: python tests/browser/screenshots.py, or `make screenshots`."""

import io
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import states
from driving import ROOT, Watch, browsing, chromium, laboratory
from PIL import Image

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FOLDER = ROOT / "docs" / "lab"
SIZES = {1400: 900, 1000: 800, 420: 860}  # width: height, in pixels
COLOURS = 128
SHOWN: "dict[str, Callable[[Page, str], None]]" = {
    "start": states.start,
    "lab": states.told,
    "chapter": states.class_revealed,
}


def screenshots() -> None:
    """Write docs/lab/NAME-WIDTH.png. AssertionError if a page did anything that none of ours may do."""
    watch = Watch()
    with laboratory() as address, browsing() as browser, tempfile.TemporaryDirectory() as folder:
        for width, height in SIZES.items():
            for name, state in SHOWN.items():
                page = opened(browser, watch, width, height)
                state(page, address.rstrip("/") + "/")
                drawn(page, f"{name}-{width}")
                if name == "lab" and width == max(SIZES):
                    path = states.saved(page, Path(folder))
            page = opened(browser, watch, width, height)
            states.offline(page, path)
            drawn(page, f"saved-{width}")
    assert not watch.complaints, "\n".join(watch.complaints)


def opened(browser: "Browser", watch: Watch, width: int, height: int) -> "Page":
    context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
    watch.follow(context)
    return context.new_page()


def drawn(page: "Page", name: str) -> None:
    """What a window shows, in few colours: a third of the size, and nobody sees it."""
    page.evaluate("() => scrollTo(0, 0)")
    page.wait_for_timeout(500)
    picture = Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    FOLDER.mkdir(parents=True, exist_ok=True)
    target = FOLDER / f"{name}.png"
    in_few_colours(picture).save(target, optimize=True)
    print(f"{target.relative_to(ROOT)}: {target.stat().st_size // 1000} kB", file=sys.stderr)


def in_few_colours(picture: Image.Image) -> Image.Image:
    """The most frequent colours as they are; a shape's and those of smoothed edges by the nearest of as many more."""
    frequent = sorted(picture.getcolors(1 << 24) or [], reverse=True)[:COLOURS]
    spread = picture.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE).getpalette() or []
    palette = np.array([part for _, colour in frequent for part in colour] + spread, dtype=np.int16).reshape(-1, 3)
    colours, places = np.unique(np.asarray(picture).reshape(-1, 3), axis=0, return_inverse=True)
    nearest = [np.abs(palette - colour).sum(axis=1).argmin() for colour in colours.astype(np.int16)]
    few = Image.frombytes("P", picture.size, np.array(nearest, dtype=np.uint8)[places.reshape(-1)].tobytes())
    few.putpalette(palette.astype(np.uint8).tobytes())
    return few


if __name__ == "__main__":
    if chromium() is None:
        raise SystemExit("No Chromium here: install your system's, and try again.")
    screenshots()
