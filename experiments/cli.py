"""The command line: `alliances ...`. Knows the names of the commands; what they do is in `experiments/commands/`."""

import os
import sys

import typer

from experiments.commands import (
    attributing,
    calibrating,
    comparing,
    doctor,
    listing,
    odd,
    report,
    running,
    sweeping,
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
app.command("sweep", rich_help_panel=ASK)(sweeping.sweep)
app.command("report", rich_help_panel=ASK)(report.report)
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
    try:
        app(prog_name="alliances")
    except SystemExit as end:
        if end.code != 130:
            raise
        # Compiled runs cannot be interrupted: leave without waiting for the threads that are in one.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(130)
