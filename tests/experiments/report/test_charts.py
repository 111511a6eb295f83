import numpy as np

from experiments.outcomes import LifeTable
from experiments.report.charts import endings_chart, living_chart, survival_chart
from simulation.events import CAUSES


def table(at_risk, deaths):
    by_cause = np.zeros((len(CAUSES), len(at_risk)), dtype=np.int64)
    by_cause[CAUSES.index("distrust")] = deaths
    return LifeTable(np.array(at_risk), by_cause)


def test_words_for_those_who_cannot_see_the_curve():
    chart = survival_chart({"this world": table([100, 80, 60, 50, 40], [20, 20, 10, 10, 5])})
    assert chart.alt == "Survival curves. this world: 40 % after 1 years."


def test_words_for_the_endings():
    chart = endings_chart({"this world": table([100, 80, 60, 50], [20, 20, 10, 10])}, CAUSES)
    assert "within 1 year: deceit 0 %, distrust 60 %" in chart.alt
    assert chart.message == "Within 1 year 60 of 100 alliances end; distrust takes most (60)"


def test_living_alliances_of_one_world_promise_no_band():
    one = living_chart({"this world": np.full((1, 30), 8.0)}, 5)
    assert "band" not in one.reading
    many = living_chart({"a": np.full((9, 30), 8.0), "b": np.full((9, 30), 9.0)}, 0)
    assert "light band nine of ten" in many.reading
    assert "a: median 8" in many.alt
    assert "b: median 9" in many.alt
