"""The second half of training: what was said as a whole against all else that might have been said.

Frame by frame, a network learns what most frames are; the burst that tells D from B is one frame of ten, and is lost in
the mean. So after a while it learns the decoder's own question instead: the path through the sounds that were said,
against every path through any syllables (maximum mutual information without a lattice, Povey and others 2016,
"Purely sequence-trained neural networks for ASR based on lattice-free MMI"). Where sounds begin and end is free within
`shards.TOLERANCE`, and, as in the decoder's graph, no sound is skipped.
"""

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional as fn

from ivr.speech.training.units import FINALS, INITIALS, ONSETS, SILENCE, STATE_COUNT, STATES

SCALE = 0.5
"""Of the network's scores against those of the paths: its frames are no independent witnesses."""
_STAYS = 0.5
_LEAST_SEEN = 8e-7
"""Of all frames: what follows less often is a slip of the labels."""
_LEAST = 1e-37
"""Of a path's probability against the best one: float32 has nothing smaller."""
_LOST = 60.0
"""Nats by which what was said is worse than all else: the labels do not fit the sound, or a sound is shorter than an output."""


def transitions(labels: npt.NDArray[np.uint8]) -> torch.Tensor:
    """Which sound follows which: [STATE_COUNT, STATE_COUNT] probabilities, rows sum to 1.

    Syllables follow one another as the corpus has them, by the root of their counts: a caller's next letter is no
    question of statistics.

    Args:
        labels: the corpus, a state per frame.
    """
    changes = np.flatnonzero(labels[:-1] != labels[1:])
    counts = np.zeros((STATE_COUNT, STATE_COUNT))
    np.add.at(counts, (labels[changes], labels[changes + 1]), 1)
    weights = np.sqrt(np.where(_may_follow() & (counts >= _LEAST_SEEN * len(labels)), counts, 0))
    for final in FINALS:
        head, tail = STATES[final]
        weights[head, tail] = 1
    onward = weights.sum(1, keepdims=True)
    stays = np.where(onward > 0, _STAYS, 1.0)
    return torch.from_numpy(stays * np.eye(STATE_COUNT) + (1 - stays) * weights / np.maximum(onward, 1e-9)).float()


def _may_follow() -> npt.NDArray[np.bool_]:
    """A syllable is an initial or onset, then a final's two states; then comes silence or the next one."""
    begins = [STATES[unit][0] for unit in (*INITIALS, *ONSETS)]
    heads, tails = ([STATES[final][place] for final in FINALS] for place in (0, 1))
    silence = STATES[SILENCE][0]
    may = np.zeros((STATE_COUNT, STATE_COUNT), bool)
    may[silence, begins] = True
    may[np.ix_(begins, heads)] = True
    may[heads, tails] = True
    may[np.ix_(tails, [silence, *begins])] = True
    return may


class Sequences:
    """Paths through a corpus.

    Args:
        labels: the corpus, a state per frame.
        priors: of the states, [STATE_COUNT].
        device: where it is reckoned.
    """

    def __init__(self, labels: npt.NDArray[np.uint8], priors: npt.NDArray[np.float64], device: str = "cpu") -> None:
        self._transitions = transitions(labels).to(device)
        self._priors = torch.from_numpy(np.log(priors)).float().to(device)

    def loss(self, logits: torch.Tensor, targets: torch.Tensor, near: torch.Tensor) -> torch.Tensor:
        """Nats an output by which all paths are likelier than those of what was said.

        Args:
            logits: [batch, outputs, STATE_COUNT].
            targets: of `Chunks`.
            near: of `Chunks`.
        """
        inside = targets >= 0
        scores = SCALE * (fn.log_softmax(logits, -1) - self._priors) * inside[..., None]
        said = self._all_paths(scores.masked_fill(~near, -1e4))
        worse = self._all_paths(scores) - said
        kept = worse < _LOST
        return (worse * kept).sum() / (inside * kept[:, None]).sum().clamp(min=1)

    def _all_paths(self, scores: torch.Tensor) -> torch.Tensor:
        """Log of the sum over all paths: [batch]."""
        reached = self._priors + scores[:, 0]
        for at in range(1, scores.shape[1]):
            best = reached.detach().amax(1, keepdim=True)
            onward = torch.exp(reached - best) @ self._transitions
            reached = torch.log(onward.clamp(min=_LEAST)) + best + scores[:, at]
        return torch.logsumexp(reached, 1)
