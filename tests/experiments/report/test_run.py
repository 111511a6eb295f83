from experiments.report import run_report
from experiments.report.run import ONE_WORLD


def test_one_world_says_that_it_is_one(run, one_life, summary):
    text = run_report(run, one_life, summary, "alliances run small_world --seed 7")
    assert ONE_WORLD in text
    assert "36 five" in text
    assert "1,234 alliances formed" in text
    assert "<dt>seed</dt><dd>7</dd>" in text
    assert "<dt>worlds</dt><dd>3</dd>" in text


def test_what_is_unknown_is_a_dash(run, one_life, summary):
    summary["median_life_quarters"] = None
    text = run_report(run, one_life, summary)
    assert "not reached" in text
    assert '<th scope="row">of all alliances, live 7 years</th><td>–</td>' in text


def test_a_world_where_nothing_happened(run, one_life, summary):
    summary |= {"survival": {"12": None, "20": None, "28": None}, "endings": dict.fromkeys(summary["endings"])}
    summary["regimes"] = dict.fromkeys(summary["regimes"])
    empty = type(one_life)(one_life.at_risk * 0, one_life.deaths * 0)
    text = run_report(run, empty, summary)
    assert "No alliance has ended" in text
    assert "No alliance was seen for 5 years" in text
