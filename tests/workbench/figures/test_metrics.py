from pathlib import Path

import pytest
from hypothesis import given as given_any
from hypothesis import strategies as st
from sklearn.metrics import classification_report

from coopwatch.vision.light_mode import LightMode
from coopwatch.workbench.answer import Answer
from coopwatch.workbench.figures.metrics import LabelFigures, measure
from coopwatch.workbench.share import Share

LABELS = "abc"


def answers(true: str, given: str, certainty: float = 0.8, light: LightMode | None = None) -> list[Answer]:
    """One answer for each letter of `true`: the letter of `given` at its place, so surely."""
    rest = (1 - certainty) / 2
    return [
        Answer(
            file=Path(f"{number}.jpg"),
            label=label,
            probabilities={name: certainty if name == name_given else rest for name in LABELS},
            light=light,
        )
        for number, (label, name_given) in enumerate(zip(true, given, strict=True))
    ]


def test_figures_of_a_small_table_are_those_done_by_hand() -> None:
    figures = measure(answers("aaabbc", "aabbbb"))
    assert figures.right == Share(hits=4, count=6)
    assert figures.labels["a"] == LabelFigures(hits=2, named=2, support=3)
    assert figures.labels["a"].f1 == 0.8
    assert figures.labels["b"] == LabelFigures(hits=2, named=4, support=2)
    assert figures.labels["c"] == LabelFigures(hits=0, named=0, support=1)
    assert figures.confusion == {"a": {"a": 2, "b": 1}, "b": {"b": 2}, "c": {"b": 1}}
    assert figures.confusions == (("a", "b", 1), ("c", "b", 1))


@given_any(st.lists(st.tuples(st.sampled_from(LABELS), st.sampled_from(LABELS)), min_size=1, max_size=40))
def test_figures_are_those_of_the_fields_own_report(pairs: list[tuple[str, str]]) -> None:
    true, given = zip(*pairs, strict=True)
    figures = measure(answers("".join(true), "".join(given)))
    theirs = classification_report(true, given, output_dict=True, zero_division=0)
    for name, label in figures.labels.items():
        ours = {
            "precision": label.precision.value,
            "recall": label.recall.value,
            "f1-score": label.f1,
            "support": label.support,
        }
        assert ours == pytest.approx(theirs[name])


@pytest.mark.parametrize(("given", "certainty", "error"), [("aaaa", 1.0, 0.5), ("aabb", 0.8, 0.2), ("aaaa", 0.5, 0.0)])
def test_the_calibration_error_is_how_far_certainty_is_from_being_right(
    given: str, certainty: float, error: float
) -> None:
    assert measure(answers("aabb", given, certainty)).calibration_error == pytest.approx(error)


def test_answers_below_the_bar_are_counted_with_those_that_were_right() -> None:
    said = [*answers("ab", "aa", 0.4), *answers("ab", "ab", 0.9)]
    assert measure(said, unknown_below=0.5).unknown == Share(hits=1, count=2)
    assert measure(said).unknown == Share(hits=0, count=0)


def test_light_modes_are_counted_apart_and_those_without_pictures_left_out() -> None:
    said = [*answers("aab", "abb", light=LightMode.INFRA_RED), *answers("a", "b")]
    assert measure(said).lights == {"infra-red": Share(hits=2, count=3), "unclear": Share(hits=0, count=1)}


def test_no_pictures_give_no_figures_and_no_crash() -> None:
    figures = measure([])
    assert figures.as_json() == {
        "accuracy": 0.0,
        "count": 0,
        "right": 0,
        "calibration_error": 0.0,
        "labels": {},
        "confusion": {},
        "intervals": {"accuracy": [0.0, 1.0], "labels": {}},
        "calibration": [],
        "lights": {},
        "unknown": {"below": 0.0, "count": 0, "right": 0},
    }
