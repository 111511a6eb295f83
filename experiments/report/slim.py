"""Drawings that weigh less in a page: coordinates to a tenth of a pixel, paths told step by step.

A figure is 648 pixels wide; nobody sees a twentieth of one, and steps are shorter to write than places.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

PIECES = re.compile(r"[A-Za-z]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
PAIRS = {"M": 1, "L": 1, "Q": 2, "C": 3}  # points that a command takes
STYLE = re.compile(r' style="([^"]*)"')
OFTEN = 3  # times that a style occurs before it gets a class
SMALL = 60  # numbers of a path that may be a mark, drawn a few pixels wide: it keeps a digit more
PATH = re.compile(r'(\sd=")([^"]*)"')
PLACES = re.compile(r'(\s(?:x|y|x1|x2|y1|y2|cx|cy|points)=")([-+\d.eE, ]+)"')
MOVES = re.compile(r"(translate\()([-+\d.eE, ]+)\)")
NUMBER = re.compile(r"[-+]?\d+\.\d+(?:[eE][-+]?\d+)?")


def slim(svg: str) -> str:
    """The same picture in fewer letters: an SVG as matplotlib writes it, with all its coordinates rounded."""
    svg = PATH.sub(lambda found: f'{found[1]}{slim_path(found[2])}"', svg)
    svg = PLACES.sub(lambda found: f'{found[1]}{NUMBER.sub(_rounded, found[2])}"', svg)
    return MOVES.sub(lambda found: f"{found[1]}{NUMBER.sub(_rounded, found[2])})", svg)


def shared_styles(svgs: Sequence[str]) -> tuple[list[str], str]:
    """The drawings with classes in place of the style attributes that they repeat, and the rules of these classes."""
    counts = Counter(style for svg in svgs for style in STYLE.findall(svg))
    often = [style for style, count in counts.items() if count > OFTEN]
    names = {style: f"p{number}" for number, style in enumerate(often)}

    def named(found: re.Match[str]) -> str:
        return f' class="{names[found[1]]}"' if found[1] in names else found[0]

    rules = "\n".join(f".{name} {{ {style} }}" for style, name in names.items())
    return [STYLE.sub(named, svg) for svg in svgs], rules


def slim_path(data: str) -> str:
    """The data of a path of absolute M, L, Q, C and z, told in steps; any other is left as it is.

    >>> slim_path("M 10.04 20 L 15.06 20 L 15.06 31.5 z")
    'm10.04 20h5.02v11.5z'
    """
    pieces = PIECES.findall(data)
    scale = 10 if len(pieces) > SMALL else 100
    try:
        return "".join(_steps(pieces, scale))
    except (KeyError, ValueError, IndexError):
        return data


def _steps(pieces: list[str], scale: int) -> Iterator[str]:
    """Each command as text. Rounded places are subtracted, so that errors don't add up."""
    here, start, last, at = (0, 0), (0, 0), "", 0
    while at < len(pieces):
        command = pieces[at]
        at += 1
        if command in "zZ":
            here, last = start, "z"
            yield "z"
            continue
        count = 2 * PAIRS[command]
        values = [round(scale * float(piece)) for piece in pieces[at : at + count]]
        at += count
        steps = [value - here[k % 2] for k, value in enumerate(values)]
        here = (values[-2], values[-1])
        if command == "M":
            start, letter = here, "m"
        elif command == "L" and 0 in steps:
            letter, steps = ("v", steps[1:]) if steps[0] == 0 else ("h", steps[:1])
        else:
            letter = command.lower()
        text = ""
        for step in steps:
            told = _told(step, scale)
            text += told if not text or told[0] == "-" else f" {told}"
        same = letter == last and letter != "m"
        yield text if same and text[0] == "-" else f" {text}" if same else letter + text
        last = letter


def _told(step: int, scale: int) -> str:
    text = str(step // scale) if step % scale == 0 else f"{step / scale:.2f}".rstrip("0")
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


def _rounded(number: re.Match[str]) -> str:
    return f"{float(number[0]):.1f}".removesuffix(".0")
