"""The command line: `alliances ...`. Knows the names of the commands; what they do is in `experiments/commands/`."""

import gc
import os
import sys

import typer

from experiments.commands import (
    attributing,
    bounding,
    calibrating,
    comparing,
    discovering,
    doctor,
    explaining,
    lab,
    listing,
    odd,
    regretting,
    report,
    running,
    sensing,
    stressing,
    surviving,
    sweeping,
    tipping,
    validating,
)

app = typer.Typer(
    name="alliances",
    help="Worlds of firms and alliances: when do alliances survive, and what would have saved the ones that died?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit status: 0 done, 2 the input is wrong, 3 some runs failed, 130 stopped by Ctrl-C.",
)

ASK, TRUST, LOOK, KEEP = "Ask", "Trust it", "Look up", "Look after"
app.command("run", rich_help_panel=ASK)(running.run)
app.command("compare", rich_help_panel=ASK)(comparing.compare)
app.command("attribute", rich_help_panel=ASK)(attributing.attribute)
app.command("explain", rich_help_panel=ASK)(explaining.explain)
app.command("sweep", rich_help_panel=ASK)(sweeping.sweep)
app.command("tipping", rich_help_panel=ASK)(tipping.tipping)
app.command("boundary", rich_help_panel=ASK)(bounding.boundary)
app.command("sensitivity", rich_help_panel=ASK)(sensing.sensitivity)
app.command("stress", rich_help_panel=ASK)(stressing.stress)
app.command("survival", rich_help_panel=ASK)(surviving.survival)
app.command("discover", rich_help_panel=ASK)(discovering.discover)
app.command("regret", rich_help_panel=ASK)(regretting.regret)
app.command("lab", rich_help_panel=ASK)(lab.lab)
app.command("report", rich_help_panel=ASK)(report.report)
app.command("merge", rich_help_panel=KEEP)(sweeping.merge)
app.command("replay", rich_help_panel=KEEP)(sweeping.replay)
app.command("patterns", rich_help_panel=TRUST)(validating.patterns)
app.command("ablation", rich_help_panel=TRUST)(validating.ablation)
app.command("calibrate", rich_help_panel=TRUST)(calibrating.calibrate)
app.command("scenarios", rich_help_panel=LOOK)(listing.scenarios)
app.command("parameters", rich_help_panel=LOOK)(listing.parameters)
app.command("mechanisms", rich_help_panel=LOOK)(listing.mechanisms)
app.command("strategies", rich_help_panel=LOOK)(listing.strategies)
app.command("phases", rich_help_panel=LOOK)(listing.phases)
app.command("odd", rich_help_panel=LOOK)(odd.odd)
app.command("schema", rich_help_panel=KEEP)(listing.schema)
app.command("doctor", rich_help_panel=KEEP)(doctor.doctor)


def main() -> None:
    """Entry point of the console script."""
    # What is imported stays to the end: searching it for rubbish again and again takes a quarter of a short command.
    gc.set_threshold(100_000, 10, 10)
    try:
        app(prog_name="alliances")
    except SystemExit as end:
        if end.code != 130:
            raise
        # Compiled runs cannot be interrupted: leave without waiting for the threads that are in one.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(130)
