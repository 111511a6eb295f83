"""Reports of real runs: what the engine gives fits what a report takes."""

import re

import pytest

from experiments import report


@pytest.mark.slow
def test_reports_of_a_real_world_a_comparison_and_a_sweep():
    from experiments.comparisons.comparing import compare
    from experiments.outcomes import life_table, summary
    from experiments.sweeps.sweeping import sweep
    from simulation import Scenario, simulate

    scenario = Scenario().with_({"firms.count": 16, "time.quarters": 60, "time.warm_up_quarters": 8})
    run = simulate(scenario, seed=2)
    compared = compare(scenario, {"managed": {"firms.alliance_function_share": 0.5}}, worlds=4)
    swept = sweep(scenario, {"environment.shock_rate": [0.0, 0.2], "trust.initial": [0.3, 0.7]}, worlds=3)
    pages = {
        4: report.run_report(run, life_table(run), summary(run)),
        6: report.comparison_report(compared),
        1: report.sweep_report(swept),
    }
    for charts, text in pages.items():
        assert text.count("<svg ") == charts
        assert not re.search(r"\bnan\b", re.sub(r"<[^>]*>", " ", text))
    assert compared.sentence() in pages[6]
