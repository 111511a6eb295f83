"""One HTML file that answers a question: opens offline, runs no script but its own viewer's, fetches nothing."""

from experiments.report.build import Chart, Page, Table, build_report
from experiments.report.comparison import comparison_report
from experiments.report.run import run_report
from experiments.report.sweep import sweep_report

__all__ = ["Chart", "Page", "Table", "build_report", "comparison_report", "run_report", "sweep_report"]
