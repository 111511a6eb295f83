"""From results to figures and reports: which pictures a run, a comparison and a sweep get. Drawing is in `figures/`."""

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from experiments.analysis.survival import cumulative_incidence, survival_curve
from experiments.figures.differences import differences_figure
from experiments.figures.endings import endings_figure
from experiments.figures.living import living_figure
from experiments.figures.network import MOST_LOOKED_AT, network_figure, start_message
from experiments.figures.style import to_svg, years
from experiments.figures.survival import survival_figure
from experiments.outcomes import OUTCOMES, LifeTable, life_table, summary
from experiments.provenance import BASE, command_line
from experiments.report import comparison_report, run_report, sweep_report
from experiments.report.comparison import difference_rows
from experiments.report.numbers import unit_of_difference
from experiments.report.run import first_and_last
from experiments.report.sweep import sweep_figure as draw_sweep
from experiments.report.viewer import comparison_play, run_play
from experiments.storage import ResultFolder
from simulation.events import CAUSES
from simulation.problems import InputError, Problem

if TYPE_CHECKING:
    from experiments.comparisons.comparing import Comparison
    from experiments.sweeps.sweeping import Sweep
    from simulation import Run

Floats = NDArray[np.float64]
Figures = dict[str, Any]  # file name -> matplotlib Figure
PIXELS_PER_INCH = 120


def run_figures(run: "Run") -> Figures:
    """Network (also the first one where it matters), survival, endings and living alliances of one world."""
    table, name = life_table(run), "this world"
    return _networks(run) | {
        "survival": survival_figure({name: survival_curve(table.at_risk, table.deaths)}),
        "endings": endings_figure({name: cumulative_incidence(table.at_risk, table.deaths)}, CAUSES),
        "living": living_figure({name: run.series("living")[None, :]}, run.scenario.time.warm_up_quarters),
    }


def _networks(run: "Run") -> Figures:
    if run.scenario.firms.count > MOST_LOOKED_AT:
        return {}
    moments = first_and_last(run)
    if moments is None:
        return {"network": network_figure(run.graph_at())}
    first, last = moments
    began = start_message(first, years(run.quarters))
    return {
        "network_start": network_figure(first, began, beside=last),
        "network": network_figure(last, beside=first),
    }


def comparison_figures(result: "Comparison") -> Figures:
    """Survival, paired differences, endings, living alliances, and the network of one world as it is."""
    figures: Figures = {
        "survival": comparison_figure(result),
        "differences": comparison_figure(result, "survival_5y"),
        "endings": endings_figure({arm: _incidence(lives) for arm, lives in result.life.items()}, CAUSES),
        "living": living_figure(dict(result.series), result.scenario.time.warm_up_quarters),
    }
    if BASE in result.examples and result.scenario.firms.count <= MOST_LOOKED_AT:
        figures["network"] = network_figure(result.examples[BASE].graph_at())
    return figures


def comparison_figure(result: "Comparison", outcome: str | None = None) -> Any:
    """Survival of all arms or, for an outcome, its paired differences."""
    if outcome is None:
        return survival_figure({arm: survival_curve(lives.at_risk, lives.deaths) for arm, lives in result.life.items()})
    meaning = OUTCOMES[outcome]
    rows = difference_rows(result, outcome)
    return differences_figure(rows, meaning.label, unit_of_difference(meaning.unit), direction=meaning.direction)


def _incidence(lives: LifeTable) -> Floats:
    return cumulative_incidence(lives.at_risk.sum(axis=0), lives.deaths.sum(axis=0))


def sweep_figures(result: "Sweep", outcome: str) -> Figures:
    """The map, line or panels of one outcome, if there is such a picture."""
    design = result.design
    if not design.is_numeric or (design.kind == "factorial" and len(design.keys) > 2):
        return {}
    name = "panels" if design.kind != "factorial" else "heatmap" if len(design.keys) == 2 else "line"
    return {name: sweep_figure(result, outcome)}


def sweep_figure(result: "Sweep", outcome: str) -> Any:
    """A heat map over two settings, a line with its band over one, panels for a design without a grid.

    Raises InputError for other designs.
    """
    if len(result.design.keys) > 2 and result.design.kind == "factorial":
        raise InputError(
            [Problem(f"no picture of {len(result.design.keys)} settings at once; vary one or two", key="plot")]
        )
    if not result.design.is_numeric:
        raise InputError([Problem("no picture of settings that are not numbers", key="plot")])
    return draw_sweep(result, outcome)


def image(figure: Any, kind: str) -> bytes:
    """A figure as the bytes of a png or svg file, without date and program, so that equal figures are equal files."""
    if kind == "svg":
        return b'<?xml version="1.0" encoding="utf-8"?>\n' + to_svg(figure).encode() + b"\n"
    buffer = io.BytesIO()
    figure.savefig(buffer, format=kind, dpi=PIXELS_PER_INCH, metadata={"Software": None})
    return buffer.getvalue()


# --- pages --------------------------------------------------------------------------------------------------


def run_page(run: "Run", found: dict[str, Any] | None = None, command: str = "") -> str:
    return run_report(run, life_table(run), summary(run) if found is None else found, command, play=run_play(run))


def comparison_page(result: "Comparison", command: str = "") -> str:
    return comparison_report(result, command, play=comparison_play(result))


def sweep_page(result: "Sweep", outcome: str = "survival_5y", command: str = "") -> str:
    return sweep_report(result, command, outcome=outcome)


def write_html(text: str, path: str | Path | None) -> str:
    """The text itself, also written to a file if a path is given."""
    if path is not None:
        Path(path).write_text(text, encoding="utf-8")
    return text


def save(folder: ResultFolder, figures: Figures, page: str) -> Path:
    """Write figures as png and svg, then report.html. Returns the path of the report."""
    for name, figure in figures.items():
        for kind in ("png", "svg"):
            folder.write_bytes(f"{name}.{kind}", image(figure, kind))
    folder.write_text("report.html", page)
    return folder.path / "report.html"


def rebuild_report(out: str | Path) -> Path:
    """Draw the figures and the report of a result folder again; of a question that cannot be, the report that is there.

    Raises InputError if it holds no result.
    """
    folder = ResultFolder(Path(out))
    there = folder.manifest()
    redraw = {"run": _redraw_run, "compare": _redraw_comparison, "sweep": _redraw_sweep, "survival": _redraw_survival}
    if there["kind"] not in redraw:
        if not (folder.path / "report.html").exists():
            raise InputError(
                [Problem(f"holds a {there['kind']} without a report; run the command again", key=str(out))]
            )
        return folder.path / "report.html"
    if there["kind"] in ("run", "compare"):  # of a sweep, what is done so far can be drawn
        there = folder.finished_manifest()
    command = command_line(there.get("command", []))
    with ResultFolder.claim(out, there) as folder:
        return redraw[there["kind"]](folder, there, command)


def _redraw_run(folder: ResultFolder, there: dict[str, Any], command: str) -> Path:
    from experiments.running import load_run

    run, found = load_run(folder.path)
    return save(folder, run_figures(run), run_page(run, found, command))


def _redraw_comparison(folder: ResultFolder, there: dict[str, Any], command: str) -> Path:
    from experiments.comparisons.comparison_folder import load_comparison

    comparison = load_comparison(folder.path)
    return save(folder, comparison_figures(comparison), comparison_page(comparison, command))


def _redraw_sweep(folder: ResultFolder, there: dict[str, Any], command: str) -> Path:
    from experiments.sweeps.sweeping import load_sweep

    sweep = load_sweep(folder.path)
    return save(folder, sweep_figures(sweep, sweep.outcome), sweep_page(sweep, sweep.outcome, command))


def _redraw_survival(folder: ResultFolder, there: dict[str, Any], command: str) -> Path:
    from experiments.histories.survival_folder import load_survival
    from experiments.report.surviving import survival_figures as draw_survival
    from experiments.report.surviving import survival_report

    survival = load_survival(folder.path)
    return save(folder, draw_survival(survival), survival_report(survival, command))
