"""`alliances lab`: worlds in a browser."""

import os
import sys
import threading
from typing import Annotated

import typer

from experiments.commands.common import speaks_plainly


@speaks_plainly
def lab(
    scenario: Annotated[
        str,
        typer.Argument(metavar="[SCENARIO]", help="What to begin with: name of a scenario or path of a .toml file."),
    ] = "",
    port: Annotated[
        int | None,
        typer.Option(
            "--port", min=0, max=65535, metavar="NUMBER",
            help="Port on this machine; default 8421, or the next free one. 0: any.",
        ),
    ] = None,
    lan: Annotated[
        bool, typer.Option("--lan", help="Let other machines in that bring the token of the printed address.")
    ] = False,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Print the address and open nothing.")] = False,
) -> None:  # fmt: skip
    """Open the lab in the browser: move a slider, see the whole history change, click an ended alliance."""
    from experiments.lab.worlds import Worlds
    from scenarios import load
    from simulation.compiled import is_warm
    from simulation.engine import compile_now

    worlds = Worlds(load(scenario) if scenario else None)
    worlds.base(worlds.first)  # too large for the lab: said now
    from experiments.lab.serving import Server, bound

    server = Server(bound(port, lan), worlds, lan)
    if not is_warm():
        compile_now()  # it says so
    typer.echo(f"The lab is at {server.address} (Ctrl-C ends it)")
    if lan:
        typer.echo("Warning: whoever in this network has this address can use the lab; nothing is encrypted.", err=True)
    sys.stdout.flush()
    if not no_browser and has_screen():
        threading.Thread(target=open_browser, args=(server.address,), daemon=True).start()
    server.run()


def has_screen() -> bool:
    """Whether a browser would open a window: without a screen it might take over the terminal."""
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def open_browser(address: str) -> None:
    """Ask the system to show an address. Some systems wait until the browser is closed: call it from a thread."""
    import webbrowser

    webbrowser.open(address)
