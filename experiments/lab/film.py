"""A world as a film: the network of every quarter as a GIF, arms side by side, every firm at one place throughout."""

import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from experiments.lab.packing import unpack
from experiments.lab.places import place_firms
from simulation.problems import InputError, Problem

if TYPE_CHECKING:
    from simulation import Run

Colour = tuple[int, int, int]
Point = tuple[float, float]
MANAGERS = 1  # bit of `marks` in a history
MOST_FRAMES = 120
MOST_ARMS = 4
MOST_BYTES = 5_000_000
SLOW, LAST = 120, 2500  # milliseconds that a quarter, and the last one, is shown
WIDTHS = {1: 620, 2: 460, 3: 380, 4: 330}  # of the picture of one arm [pixels]
SCALES = (1.0, 0.6, 0.35)  # tried one after the other until the film is small enough
FINE = 2  # drawn so many times larger, then reduced: smooth edges

WHITE, INK, MUTED, FAINT, RED = "#FFFFFF", "#1A1A1A", "#5A5A5A", "#D9D9D9", "#D55E00"
CASING = "#2B2B2B"
TRUST = (
    "#00285B", "#053371", "#273E6E", "#3B496C", "#4B546C", "#5A5F6E", "#686A71", "#767676",
    "#848279", "#938E78", "#A39A74", "#B4A76F", "#C4B468", "#D5C25E", "#E7D150", "#F9E03A",
)  # fmt: skip  # cividis in the 16 steps of static/colours.js


class Past(NamedTuple):
    """One arm's history, unpacked."""

    name: str
    header: dict[str, Any]
    arrays: dict[str, NDArray[Any]]

    def living(self, quarter: int, since: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """Alliances that live at the end of a quarter, those that ended after `since`, and the trust of the living."""
        formed, ended = self.arrays["formed"].astype(np.int64), self.arrays["ended"].astype(np.int64)
        alive = np.flatnonzero((formed <= quarter) & (quarter < ended))
        gone = np.flatnonzero((since < ended) & (ended <= quarter) & (formed <= since))
        at = self.arrays["trust_at"][alive].astype(np.int64) + quarter - formed[alive]
        return alive, gone, self.arrays["trust"][at] / 255.0


@dataclass(frozen=True)
class Stage:
    """Where everything stands, in pixels of the fine drawing. places : [arm][seat]"""

    size: tuple[int, int]
    places: list[list[Point]]
    radius: float
    background: Image.Image
    looks: dict[str, tuple[str, str]]


def film(runs: "Run | Mapping[str, Run]", path: str | Path) -> Path:
    """Write a run, or up to four by name, as a GIF. Each world is run once more, for its trust over time.

    Raises InputError for more arms, for a run that its scenario does not give again, or if the file cannot be written.
    """
    from experiments.lab.offline import named_histories

    data = gif(named_histories(runs))
    try:
        Path(path).write_bytes(data)
    except OSError as error:
        raise InputError([Problem(f"cannot be written: {error.strerror}", key=str(path))]) from error
    return Path(path)


def gif(histories: Sequence[tuple[str, bytes]]) -> bytes:
    """Packed histories of up to four arms, each with its name, as one GIF of at most 5 MB."""
    pasts = [Past(name, *unpack(history)) for name, history in histories]
    if not 1 <= len(pasts) <= MOST_ARMS:
        raise InputError([Problem(f"a film shows 1 to {MOST_ARMS} arms, not {len(pasts)}", key="film")])
    quarters = max(past.header["quarters"] for past in pasts)
    step = math.ceil(quarters / MOST_FRAMES)
    for scale in SCALES:
        stage = _stage(pasts, scale)
        frames = [_frame(pasts, stage, quarter, step) for quarter in range((quarters - 1) % step, quarters, step)]
        data = _written(frames)
        if len(data) > MOST_BYTES:  # to leave out every second one is faster than to draw all again
            data = _written(frames[(len(frames) - 1) % 2 :: 2])
        if len(data) <= MOST_BYTES:
            break
    return data


def _written(frames: list[Image.Image]) -> bytes:
    buffer = io.BytesIO()
    times = [SLOW] * (len(frames) - 1) + [LAST]
    first, *others = frames
    first.save(buffer, "GIF", save_all=True, append_images=others, duration=times, loop=0, optimize=False)
    return buffer.getvalue()


# --- what stands still -------------------------------------------------------------------------------------------


def _stage(pasts: Sequence[Past], scale: float) -> Stage:
    wide = FINE * round(WIDTHS[len(pasts)] * scale)
    head, foot, high = FINE * 34, FINE * 58, round(wide / 1.25)
    size = (wide * len(pasts), head + high + foot)
    firms = max(past.header["firms"] for past in pasts)
    radius = float(np.clip(wide / (4.4 * math.sqrt(firms)), 2.2 * FINE, 0.022 * wide))
    where = place_firms(
        firms, pasts[0].arrays, pasts[0].header["quarters"]
    )  # the first arm's, in all, as the viewer does
    inner = (wide - 5 * radius, high - 5 * radius)
    places = []
    for arm in range(len(pasts)):
        shift = np.array([arm * wide + 2.5 * radius, head + 2.5 * radius])
        places.append([(float(x), float(y)) for x, y in where * inner + shift])
    looks = _looks(list(dict.fromkeys(name for past in pasts for name in past.header["strategies"])))
    background = Image.new("RGB", size, WHITE)
    draw = ImageDraw.Draw(background)
    for arm, past in enumerate(pasts):
        if past.name:
            draw.text(
                (arm * wide + FINE * 12, FINE * 9), _fitting(past.name, wide - FINE * 24), INK, _font(15, bold=True)
            )
        if arm:
            draw.line([(arm * wide, FINE * 10), (arm * wide, head + high)], FAINT, FINE)
    present = _present(pasts)
    _legend(draw, {name: look for name, look in looks.items() if name in present}, size)
    return Stage(size, places, radius, background, looks)


def _looks(names: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Shape and colour of each strategy, as in all figures: the built-in ones keep theirs."""
    from experiments.figures.network import KNOWN, LOOKS

    looks = {name: LOOKS[KNOWN.index(name)] for name in names if name in KNOWN}
    free = LOOKS[len(KNOWN) :] if looks else LOOKS
    others = sorted(set(names) - set(KNOWN))
    return looks | {name: free[rank % len(free)] for rank, name in enumerate(others)}


def _present(pasts: Sequence[Past]) -> set[str]:
    return {past.header["strategies"][row] for past in pasts for row in np.unique(past.arrays["strategy"])}


def _legend(draw: ImageDraw.ImageDraw, looks: Mapping[str, tuple[str, str]], size: tuple[int, int]) -> None:
    """Strategies from the left, the scale of trust below them."""
    font, x, y = _font(11), FINE * 12.0, size[1] - FINE * 44.0
    for name, look in looks.items():
        label = name.replace("_", " ")
        if x + FINE * 24 + font.getlength(label) > size[0]:
            break
        _mark(draw, (x + FINE * 5, y), FINE * 5.0, look, ring=False)
        draw.text((x + FINE * 14, y), label, INK, font, anchor="lm")
        x += FINE * 28 + font.getlength(label)
    x, y = FINE * 12.0, size[1] - FINE * 20.0
    for label, width in (("trust 0", 0), ("1", 90), ("ends now", 22)):
        if label == "ends now":
            draw.line([(x, y), (x + FINE * width, y)], RED, FINE * 2)
            x += FINE * (width + 5)
        elif width:
            for k in range(width):
                colour = _trust_colour(k / (width - 1))
                draw.rectangle([x + FINE * k, y - FINE * 4, x + FINE * (k + 1), y + FINE * 4], colour)
            x += FINE * (width + 5)
        draw.text((x, y), label, INK, font, anchor="lm")
        x += font.getlength(label) + FINE * (5 if label.startswith("trust") else 18)


# --- what moves ----------------------------------------------------------------------------------------------------


def _frame(pasts: Sequence[Past], stage: Stage, quarter: int, step: int) -> Image.Image:
    image = stage.background.copy()
    draw = ImageDraw.Draw(image)
    for past, places in zip(pasts, stage.places, strict=True):
        _network(draw, past, places, stage, quarter, step)
    total, warm_up = max(past.header["quarters"] for past in pasts), pasts[0].header["warm_up"]
    struck = any(past.arrays["shock"][max(quarter - step + 1, 0) : quarter + 1].any() for past in pasts)
    told = ("warm-up · " if quarter < warm_up else "") + ("a shock · " if struck else "") + f"quarter {quarter}"
    draw.text((stage.size[0] - FINE * 12, stage.size[1] - FINE * 20), told, INK, _font(14, bold=True), anchor="rm")
    draw.rectangle([0, stage.size[1] - FINE * 4, stage.size[0], stage.size[1]], FAINT)
    done = stage.size[0] * (quarter + 1) / total
    draw.rectangle([0, stage.size[1] - FINE * 4, done, stage.size[1]], MUTED)
    return image.reduce(FINE).quantize(palette=_palette(), dither=Image.Dither.NONE)


def _network(draw: ImageDraw.ImageDraw, past: Past, places: list[Point], stage: Stage, quarter: int, step: int) -> None:
    quarter = min(quarter, past.header["quarters"] - 1)  # an arm that is over stays as it ended
    alive, gone, trust = past.living(quarter, quarter - step)
    first, second = past.arrays["first"], past.arrays["second"]
    width = float(np.clip(0.42 * stage.radius, 1.2 * FINE, 2.4 * FINE))
    for k in gone.tolist():
        _dashed(draw, places[first[k]], places[second[k]], RED, round(width))
    for place in np.argsort(trust, kind="stable").tolist():
        k = int(alive[place])
        ends = [places[first[k]], places[second[k]]]
        draw.line(ends, CASING, round(width + 1.2 * FINE))
        draw.line(ends, _trust_colour(float(trust[place])), round(width))
    names, marks = past.header["strategies"], past.arrays["marks"][quarter]
    for seat, strategy in enumerate(past.arrays["strategy"][quarter].tolist()):
        _mark(draw, places[seat], stage.radius, stage.looks[names[strategy]], ring=bool(marks[seat] & MANAGERS))


def _dashed(draw: ImageDraw.ImageDraw, start: Point, end: Point, colour: str, width: int) -> None:
    pieces = max(3, round(math.dist(start, end) / (FINE * 7))) | 1
    for k in range(0, pieces, 2):
        ends = [
            (start[0] + (end[0] - start[0]) * t, start[1] + (end[1] - start[1]) * t)
            for t in (k / pieces, (k + 1) / pieces)
        ]
        draw.line(ends, colour, width)


def _mark(draw: ImageDraw.ImageDraw, at: Point, radius: float, look: tuple[str, str], ring: bool) -> None:
    """One firm: the shape and colour of its strategy, a ring around it if it employs alliance managers."""
    shape, colour = look
    x, y = at
    if ring:
        outer = 1.65 * radius
        draw.ellipse([x - outer, y - outer, x + outer, y + outer], WHITE, INK, FINE)
    if shape == "o":
        draw.ellipse([x - radius, y - radius, x + radius, y + radius], colour, INK, FINE)
        return
    for reach, paint in ((radius, INK), (radius - 1.3 * FINE, colour)):
        draw.polygon([(x + reach * a, y + reach * b) for a, b in _outline(shape)], paint)


@cache
def _outline(shape: str) -> tuple[Point, ...]:
    """Corners of a shape of matplotlib's name around 0, about as large as a circle of radius 1; y goes down."""
    plus = ((-0.36, -1), (0.36, -1), (0.36, -0.36), (1, -0.36), (1, 0.36), (0.36, 0.36), (0.36, 1), (-0.36, 1),
            (-0.36, 0.36), (-1, 0.36), (-1, -0.36), (-0.36, -0.36))  # fmt: skip
    if shape == "P":
        return plus
    if shape == "X":
        return tuple(((a - b) * 0.74, (a + b) * 0.74) for a, b in plus)
    corners, size = {"s": (4, 1.3), "D": (4, 1.3), "^": (3, 1.35), "v": (3, 1.35), "p": (5, 1.15)}[shape]
    start = {"s": 0.25, "D": 0.0, "^": -0.5, "v": 0.5, "p": -0.5}[shape] * math.pi
    angles = [start + 2 * math.pi * k / corners for k in range(corners)]
    return tuple((size * math.cos(angle), size * math.sin(angle)) for angle in angles)


def _trust_colour(trust: float) -> str:
    """Cividis: from dark blue, no trust, to yellow, full trust."""
    return TRUST[min(max(int(trust * len(TRUST)), 0), len(TRUST) - 1)]


def _rgb(colour: str) -> Colour:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


@cache
def _palette() -> Image.Image:
    """The colours of a film: those drawn, and some between them and white or ink for smooth edges."""
    from experiments.figures.network import LOOKS

    paints = [_rgb(look[1]) for look in LOOKS] + [_rgb(RED)]
    trust = [_rgb(colour) for colour in TRUST]
    greys: list[Colour] = [(k, k, k) for k in (26, 43, 60, 90, 120, 150, 180, 200, 217, 230, 243, 255)]
    ends = (_rgb(WHITE), _rgb(INK))
    between = [tuple((a + b) // 2 for a, b in zip(paint, end, strict=True)) for paint in paints for end in ends]
    image = Image.new("P", (1, 1))
    colours = list(dict.fromkeys([*greys, *paints, *trust, *between]))
    image.putpalette([part for colour in colours for part in colour])
    return image


@cache
def _font(size: int, bold: bool = False) -> ImageFont.FreeTypeFont:
    """DejaVu Sans, which comes with matplotlib: the letters of all figures. size : pixels of the film"""
    home = find_spec("matplotlib")
    folder = Path(str(home.origin)).parent if home else Path()
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(folder / "mpl-data" / "fonts" / "ttf" / name, FINE * size)


def _fitting(text: str, width: float) -> str:
    """The text, cut short if it is wider."""
    font = _font(15, bold=True)
    if font.getlength(text) <= width:
        return text
    kept = next(count for count in range(len(text), -1, -1) if font.getlength(text[:count] + "…") <= width or not count)
    return text[:kept].rstrip() + "…"
