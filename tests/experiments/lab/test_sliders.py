from experiments.lab.asks import ask_of, within
from experiments.lab.sliders import featured, slider, sliders, step
from experiments.lab.worlds import Worlds

WORLDS = Worlds()
BASE = WORLDS.base("baseline")


def test_there_is_one_slider_for_every_setting_that_may_be_changed() -> None:
    paths = [one["path"] for one in sliders(BASE)]
    assert sorted(paths) == sorted(BASE.settings)
    assert paths[: len(featured())] == list(featured())
    assert "mix.opportunist" in paths
    assert "strategies.sharer.share" not in paths


def test_featured_settings_exist_once_with_a_group_and_a_label() -> None:
    assert set(featured()) <= set(BASE.settings)
    labels = [one["label"] for one in featured().values()]
    assert len(set(labels)) == len(labels)
    assert all(set(one) <= {"path", "group", "label", "low", "high"} for one in featured().values())


def test_every_slider_shows_a_range_within_the_bounds_that_holds_the_default() -> None:
    for one in sliders(BASE):
        assert one["meaning"]
        assert one["label"][0].isupper() or one["label"][0].isdigit()
        if one["kind"] in ("switch", "choice"):
            continue
        assert one["least"] <= one["low"] < one["high"] <= one["most"], one
        assert one["low"] <= BASE.settings[one["path"]].default <= one["high"], one
        assert 2 <= (one["high"] - one["low"]) / one["step"] <= 500, one


def test_whatever_a_slider_can_show_can_be_asked_for() -> None:
    for one in sliders(BASE):
        if one["kind"] in ("number", "integer") and not one["path"].startswith("mix."):
            for end in (one["low"], one["high"], one["low"] + one["step"]):
                assert within(BASE.settings[one["path"]], end)[1] == ""
                assert ask_of({"scenario": "baseline", "changes": {one["path"]: end}}, WORLDS).scenario


def test_a_choice_lists_what_may_be_chosen_and_a_switch_nothing() -> None:
    assert "sector" in slider(BASE.settings["environment.shock_scope"])["choices"]
    assert slider(BASE.settings["mechanisms.loyalty"])["kind"] == "switch"
    assert slider(BASE.settings["firms.count"])["kind"] == "integer"
    assert (slider(BASE.settings["firms.count"])["least"], slider(BASE.settings["firms.count"])["most"]) == (2, 300)


def test_steps_are_round() -> None:
    assert [step(span) for span in (0.1, 1, 3, 292)] == [0.0005, 0.005, 0.02, 2]
