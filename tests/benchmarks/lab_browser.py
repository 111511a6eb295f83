"""What a user of the lab waits for, in a real Chromium: a slider's move to its new picture, and frames while playing.

python tests/benchmarks/lab_browser.py      about two minutes; needs the system's Chromium. A benchmark, not a test.
"""

import json
import statistics
import sys
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "browser"))

from driving import at_rest, browsing, chromium, laboratory
from states import link

if TYPE_CHECKING:
    from playwright.sync_api import Page

SLIDER = "environment.shock_rate"
DRAGGED, SINGLE = 100, 60
DRAG_MS, SINGLE_MS = (
    50,
    400,
)  # from one picture to the next move: a hand that drags; one that looks, while bands are filled
PLAYED_SECONDS = 5

# From the time stamp that the browser gives the key to a task after the frame that holds the picture. The page's own
# list, `window.lab.timings`, says which frame that is: it grows in it.
MOVES = """() => {
    window.moves = [];
    let asked = null;
    addEventListener("input", event => { asked ??= event.timeStamp; }, {capture: true});
    const {timings} = window.lab, push = timings.push;
    timings.push = function (...given) {
        const channel = new MessageChannel(), from = asked;
        channel.port1.onmessage = () => window.moves.push(performance.now() - from);
        channel.port2.postMessage(null);
        asked = null;
        return push.apply(this, given);
    };
}"""

# What of it the server and the way to it take: from the ask to the last byte.
ANSWERS = """() => {
    const found = window.lab.timings.map(one => one.answered - one.asked).sort((a, b) => a - b);
    return found[Math.floor(found.length / 2)];
}"""

# Frames while something is under way, and how long the longest of them took. If asked for, all is drawn anew in each.
FRAMES = """([seconds, isRedrawing]) => new Promise(resolve => {
    const {viewer} = window.lab, first = performance.now(), gaps = [];
    let last = null;
    const look = now => {
        if (isRedrawing) viewer.setQuarter((viewer.quarter + 1) % viewer.quarters);
        if (last !== null) gaps.push(now - last);
        last = now;
        if (now - first < 1000 * seconds) requestAnimationFrame(look);
        else resolve(gaps);
    };
    requestAnimationFrame(look);
})"""


def lab_browser() -> dict[str, object]:
    """`lab_slider_ms` : 60 firms, key to picture [ms]     `lab_fps` : two arms of 200 firms, playing [frames/s].

    Empty where no Chromium is.
    """
    if chromium() is None:
        print("no Chromium: lab_slider_ms and lab_fps are left out", file=sys.stderr)
        return {}
    with laboratory() as address, browsing() as browser:
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        return {"lab_slider_ms": slider_ms(page, address), "lab_fps": frames_per_second(page, address)}


def slider_ms(page: "Page", address: str) -> dict[str, float]:
    """Milliseconds from the key to the new picture: while dragging, and one by one while bands are being filled."""
    opened(page, address, firms=60, arms=1)
    page.evaluate(MOVES)
    page.locator(f"[data-test=slider][data-path='{SLIDER}']").first.focus()
    for _ in range(10):
        move(page, 0, DRAG_MS)
    dragged = [move(page, number, DRAG_MS) for number in range(DRAGGED)]
    single = [move(page, number, SINGLE_MS) for number in range(SINGLE)]
    return {
        "median": statistics.median(dragged + single),
        "p95": statistics.quantiles(dragged + single, n=20)[-1],
        "median_dragging": statistics.median(dragged),
        "p95_dragging": statistics.quantiles(dragged, n=20)[-1],
        "median_while_bands_fill": statistics.median(single),
        "p95_while_bands_fill": statistics.quantiles(single, n=20)[-1],
        "median_of_the_answer": page.evaluate(ANSWERS),
        "moves": len(dragged + single),
    }


def move(page: "Page", number: int, pause: int) -> float:
    """Milliseconds of one move of the slider that has the focus; to and fro, so that it never stands at an end."""
    before = page.evaluate("() => window.moves.length")
    page.keyboard.press("ArrowRight" if number // 8 % 2 == 0 else "ArrowLeft")
    page.wait_for_function("before => window.moves.length > before", arg=before, polling=5)
    page.wait_for_timeout(pause)
    found: float = page.evaluate("() => window.moves.at(-1)")
    return found


def frames_per_second(page: "Page", address: str) -> dict[str, float]:
    """Frames a second, over five seconds: playing as fast as it goes, and with both networks drawn anew in every frame.

    A screen shows 60; while playing, a picture is drawn anew when its quarter is over, and what moves in it at every frame.
    """
    opened(page, address, firms=200, arms=2)
    page.locator("[data-test=speed]").select_option(index=-1 + page.locator("[data-test=speed] option").count())
    page.locator("[data-test=play]").click()
    page.wait_for_timeout(1000)
    playing = page.evaluate(FRAMES, [PLAYED_SECONDS, False])
    by_the_viewer = page.evaluate("() => window.lab.viewer.framesPerSecond()")
    page.evaluate("() => window.lab.viewer.pause()")
    redrawn = page.evaluate(FRAMES, [PLAYED_SECONDS, True])
    return {
        "playing": 1000 * len(playing) / sum(playing),
        "playing_by_the_viewer": by_the_viewer,
        "playing_longest_gap_ms": max(playing),
        "all_drawn_anew": 1000 * len(redrawn) / sum(redrawn),
        "all_drawn_anew_longest_gap_ms": max(redrawn),
    }


def opened(page: "Page", address: str, firms: int, arms: int) -> None:
    """The lab with so many firms and arms."""
    page.goto("about:blank")  # a mere change of the part behind "#" would not load the page anew
    page.goto(link(address.rstrip("/") + "/", *([{"firms.count": firms}] * arms)))
    at_rest(page)


if __name__ == "__main__":
    print(json.dumps(lab_browser(), indent=2))
