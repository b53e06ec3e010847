import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from coopwatch.vision.calibration import softmax
from coopwatch.vision.fit_head import PENALTY, fit_head
from coopwatch.vision.head import Head


def clouds(pictures: int, features: int, labels: int, spread: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(2)
    true = np.arange(pictures) % labels
    centres = rng.normal(0, 1, (labels, features))
    return (centres[true] + rng.normal(0, spread, (pictures, features)) + 5).astype(np.float32), true


@pytest.mark.parametrize(("pictures", "features"), [(40, 200), (400, 20)])  # fewer and more pictures than features
def test_the_head_is_the_one_that_scikit_learn_finds(pictures: int, features: int) -> None:
    values, true = clouds(pictures, features, 4)
    true[: pictures // 4] = 0  # uneven, so that the weighting of labels shows
    head = fit_head(values, true, 4)
    whitened = (values - values.mean(axis=0)) / values.std()
    peer = LogisticRegression(C=1 / PENALTY, class_weight="balanced", max_iter=5000, tol=1e-6).fit(whitened, true)
    assert softmax(head.logits(values)) == pytest.approx(peer.predict_proba(whitened), abs=0.01)


def test_a_hundred_pictures_are_told_apart() -> None:
    values, true = clouds(100, 1280, 8)
    head = fit_head(values, true, 8)
    assert (head.logits(values).argmax(axis=1) == true).all()


def test_onto_a_head_only_what_the_pictures_say_otherwise_is_moved() -> None:
    values, true = clouds(400, 100, 4)
    taught = fit_head(values, true, 4)
    same = fit_head(values, true, 4, onto=taught)
    assert (same.logits(values).argmax(axis=1) == taught.logits(values).argmax(axis=1)).all()
    wrong = Head(weights=taught.weights[:, [1, 0, 2, 3]], bias=taught.bias[[1, 0, 2, 3]])
    few = np.arange(40)
    better = fit_head(values[few], true[few], 4, onto=wrong)
    assert (wrong.logits(values[40:]).argmax(axis=1) == true[40:]).mean() < 0.6
    assert (better.logits(values[40:]).argmax(axis=1) == true[40:]).mean() > 0.95


def test_features_that_never_change_do_no_harm() -> None:
    head = fit_head(np.ones((6, 3), np.float32), np.array([0, 1, 0, 1, 0, 1]), 2)
    assert softmax(head.logits(np.ones(3, np.float32))) == pytest.approx([0.5, 0.5], abs=1e-3)
