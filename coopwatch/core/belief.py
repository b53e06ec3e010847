"""A Bayes filter over (label, glitch): belief and evidence in, belief out.

A nest shows one label for many minutes. The classifier usually sees it rightly, but now and then it holds one *wrong*
label for half a minute (a tucked-in head). So the hidden state is the pair (label l, glitch g): g = 0, the classifier
sees l; g = w + 1, it shows the wrong label w. With K labels that is a matrix of K x (K + 1) probabilities.

Between two pieces of evidence dt apart, all moves follow rates per second, so that the frame rate does not matter:

- labels move as `core/moves.py` says: a label holds for `dwell` on average, then another one follows by its role;
- a glitch begins at rate a and ends at rate b = 1 / glitch, with a / (a + b) = glitch_share (two-state Markov chain in
  continuous time); the very same glitch goes on with exp(-b dt).

A frame's calibrated probabilities p, learnt with equal weight for each label, say how likely each label is *true*. What
they tell of the *visible* label (l without a glitch, w within one) is q, where glitches are a share g of all frames:
p = (1 - g) q + g (1 - q) / (K - 1). Solved for q, it is the likelihood: what glitches explain is not doubted a second
time, frame by frame.

This is the forward step of a hidden Markov model (L. R. Rabiner, A Tutorial on Hidden Markov Models, Proc. IEEE 77,
1989), with the glitch added to the state. It costs K x (K + 1) numbers.
"""

import math
from datetime import timedelta
from operator import mul

from coopwatch.core.moves import Moves, settled
from coopwatch.core.rules import Rules
from coopwatch.values import Probabilities

Joint = tuple[tuple[float, ...], ...]
"""K rows (labels, sorted) of K + 1 probabilities: no glitch, then a glitch that shows each label. All sum to 1."""


def uninformed(rules: Rules) -> Joint:
    """What is believed before the first frame: labels and glitches as often as usual."""
    others = len(rules.labels) - 1
    return tuple(
        (
            (1 - rules.glitch_share) * share,
            *(0.0 if shown == label else rules.glitch_share * share / others for shown in range(others + 1)),
        )
        for label, share in enumerate(settled(rules.label_roles))
    )


def pass_time(joint: Joint, elapsed: timedelta, rules: Rules) -> Joint:
    """Let time pass without evidence: labels may have changed, glitches may have begun or ended."""
    return _pass_glitches(_pass_labels(joint, elapsed, rules), elapsed, rules)


def take_evidence(joint: Joint, probabilities: Probabilities, rules: Rules) -> Joint:
    """Weigh every pair by how likely it makes what the classifier saw.

    Args:
        joint: what was believed just before the frame.
        probabilities: label -> 0..1 from the classifier; a label it does not name counts as 0.
        rules: `doubt` is the share of frames whose probabilities mean nothing.
    """
    count = len(rules.labels)
    seen = [(1 - rules.doubt) * share + rules.doubt / count for share in _visible(probabilities, rules)]
    weighed = [(row[0] * seen[label], *map(mul, row[1:], seen)) for label, row in enumerate(joint)]
    total = math.fsum(map(math.fsum, weighed))
    return tuple(tuple(share / total for share in row) for row in weighed)


def _visible(probabilities: Probabilities, rules: Rules) -> list[float]:
    """How likely each label is what is visible, by probabilities of what is true."""
    shares = [probabilities.get(label, 0.0) for label in rules.labels]
    by_glitch = rules.glitch_share / (len(shares) - 1)
    beyond = [max(0.0, share - by_glitch) for share in shares]
    total = math.fsum(beyond)
    return [share / total for share in beyond] if total else shares


def _pass_labels(joint: Joint, elapsed: timedelta, rules: Rules) -> Joint:
    moves = Moves.within(elapsed, rules.dwell, rules.label_roles)
    return tuple(zip(*(moves.apply(column) for column in zip(*joint, strict=True)), strict=True))


def _pass_glitches(joint: Joint, elapsed: timedelta, rules: Rules) -> Joint:
    share = rules.glitch_share
    settled = 1 - math.exp(-elapsed / rules.glitch / (1 - share))  # a + b = b / (1 - share)
    same = math.exp(-elapsed / rules.glitch)  # the same glitch goes on
    begins = share * settled
    ends = (1 - share) * settled
    anew = 1 - ends - same  # it ended, and another one runs now
    others = len(joint) - 1
    passed = []
    for label, row in enumerate(joint):
        glitched = math.fsum(row[1:])
        drawn = (begins * row[0] + anew * glitched) / others
        wrong = [same * held + drawn for held in row[1:]]
        wrong[label] -= drawn  # no glitch begins that shows the true label; one may go on until it has become true
        passed.append(((1 - begins) * row[0] + ends * glitched, *wrong))
    return tuple(passed)
