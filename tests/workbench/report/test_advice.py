import pytest
from fakes.subjects import answer, run, subject

from coopwatch.vision.light_mode import LightMode
from coopwatch.workbench.figures.learning_curve import LearningPoint
from coopwatch.workbench.report.advice import advise
from coopwatch.workbench.report.subject import Subject

NIGHT = LightMode.INFRA_RED
EVEN = {"labels": {"train": {"red_twin": 30, "egg": 30, "empty": 30}}}
GOOD = [
    *(answer(name, name, 0.99) for name in ("red_twin", "egg", "empty") for _ in range(20)),
    *(answer(name, name, 0.99, light=NIGHT) for name in ("red_twin", "egg", "empty") for _ in range(20)),
]


def curve(*right: int) -> tuple[LearningPoint, ...]:
    """Right answers of 10 with 1, 2, 4, ... photos a label."""
    return tuple(
        LearningPoint(photos=2**number, learnt_from=3 * 2**number, right=(count,), count=10)
        for number, count in enumerate(right)
    )


def of(photos: dict[str, int], **data: object) -> dict[str, object]:
    return {"data": {"labels": {"train": {**EVEN["labels"]["train"], **photos}}, **data}}


def test_where_nothing_is_wanting_nothing_is_advised() -> None:
    assert advise(subject(GOOD, card={"data": EVEN}, run=run(best_epoch=2, epochs=3))) == ()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (subject([*GOOD, answer("egg", "empty")]), "egg was taken for empty in 1 of 41 pictures"),
        (subject(GOOD, card=of({"red_twin": 4})), "red_twin has 4. Take more, on other days"),
        (subject(GOOD, card=of({"red_twin": 4})), "30 photos of egg, 4 of red_twin"),
        (
            subject(GOOD, learning=curve(2, 5, 9)),
            "More photos would help: 50 % right with 2 photos a label, 90 % with 4",
        ),
        (subject(GOOD, learning=curve(2, 9, 9)), "More photos of the same kind would help little (90 % right with 2"),
        (subject(GOOD[:5]), "Without a test picture: egg, empty"),
        (
            subject(GOOD[:5]),
            "5 test pictures are few: one is 20 %, and the true share may be anything from 57 % to 100 %",
        ),
        (subject(GOOD, card=of({}, split="random")), "split at random"),
        (subject(GOOD, card=of({}, not_learnt={"black_hen": 4})), "nothing to learn them from: black_hen (4)"),
        (subject(GOOD[:60]), "No test picture by infra-red light"),
        (
            subject([*GOOD, *(answer("egg", "empty", light=NIGHT) for _ in range(30))]),
            "By infra-red light it is worse (60 of 90 (66.7 %; 95 % sure: 56 % to 76 %))",
        ),
        (
            subject([answer("egg", "egg", 0.5)] * 9),
            "It is less sure than it is right (on average 50 % sure, 100 % right)",
        ),
        (subject([answer("egg", "empty", 0.9)] * 9), "It is more sure than it is right"),
        (subject(GOOD, run=run(best_epoch=3, stopped="3 epochs were asked for")), "it was still learning"),
        (subject(GOOD, run=run(curves={"loss": (1, 2, 1, 2, 1, 2)})), "The training loss rose in 3 of 5 epochs"),
        (
            subject(GOOD, run=run(curves={"loss": (), "accuracy": (0.5, 1.0, 1), "val_accuracy": (0.5, 0.6, 0.6)})),
            "better (100 %) than those it did not learn from (60 %)",
        ),
    ],
)
def test_each_want_has_its_sentence(asked: Subject, said: str) -> None:
    assert any(said in sentence for sentence in advise(asked)), advise(asked)


def test_how_the_models_own_pictures_were_divided_says_nothing_of_others() -> None:
    said = subject(GOOD, card=of({}, split="random"))
    other = type(said)(card=said.card, evaluation=said.evaluation, tested_on="other", made_at=said.made_at)
    assert not [sentence for sentence in advise(other) if "random" in sentence]
