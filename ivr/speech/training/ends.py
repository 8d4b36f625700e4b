"""Learns where sentences end (`ivr/speech/sentence_ends.py`), from the recipe's sentences and `nlu_data`.

Every end of a word is an example: the last one of a sentence is an end, the others are places where somebody may
have paused. Sentences that are held out are in neither.
"""

import collections
import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional as fn

from ivr.speech.sentence_ends import SHORTEST, marks_of, write_weights
from ivr.speech.training.sentences import Words, sentences, written_sentences

SEED, GENERATED = 77, 80_000
WRITTEN_WEIGHT = 10.0
"""A sentence that somebody wrote counts as so many made by a pattern."""
SELDOM = 10
"""A mark of fewer examples is left out."""
_SMALL = 0.05
_BATCH, _ROUNDS, _RATE, _DECAY = 4096, 6, 0.03, 3e-5

Examples = list[tuple[list[str], bool, float]]


def examples_of(words: Words, weight: float) -> Iterator[tuple[list[str], bool, float]]:
    """(marks, whether it is the end, weight) of each end of a word."""
    text = "".join(words)
    for at in itertools.accumulate(len(word) for word in words):
        if at >= SHORTEST:
            yield list(marks_of(text[:at])), at == len(text), weight


def make_ends(nlu_data: Path, out: Path, *, generated: int = GENERATED) -> int:
    """Learn, and write the table; the number of its lines."""
    made = {"".join(words): words for _, words in itertools.islice(sentences(SEED), generated)}
    examples = [example for words in made.values() for example in examples_of(words, 1.0)]
    examples += [example for words in written_sentences(nlu_data) for example in examples_of(words, WRITTEN_WEIGHT)]
    weights, bias = _learn(examples)
    return write_weights(out, ((mark, weight) for mark, weight in weights.items() if abs(weight) >= _SMALL), bias)


def _learn(examples: Examples) -> tuple[dict[str, float], float]:
    counted = collections.Counter(itertools.chain.from_iterable(marks for marks, _, _ in examples))
    numbers = {mark: number for number, mark in enumerate(mark for mark, count in counted.items() if count >= SELDOM)}
    known = [np.array([numbers[mark] for mark in marks if mark in numbers], np.int64) for marks, _, _ in examples]
    ends = torch.tensor([end for _, end, _ in examples], dtype=torch.float32)
    counts = torch.tensor([weight for _, _, weight in examples])
    torch.set_num_threads(1)
    weights = torch.nn.EmbeddingBag(len(numbers), 1, mode="sum")
    torch.nn.init.zeros_(weights.weight)
    bias = torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.Adam([weights.weight, bias], lr=_RATE)
    for part in _parts(len(examples)):
        bags, places = _bags([known[index] for index in part])
        guess = weights(bags, places)[:, 0] + bias
        wrong = fn.binary_cross_entropy_with_logits(guess, ends[part], weight=counts[part])
        loss = wrong + _DECAY * (weights.weight**2).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    found = weights.weight.detach()[:, 0].tolist()
    return {mark: found[number] for mark, number in numbers.items()}, float(bias.detach())


def _parts(count: int) -> Iterator[npt.NDArray[np.int64]]:
    g = np.random.default_rng(SEED)
    for _ in range(_ROUNDS):
        order = g.permutation(count)
        yield from (order[at : at + _BATCH] for at in range(0, count, _BATCH))


def _bags(rows: Iterable[npt.NDArray[np.int64]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Rows of different lengths as torch's EmbeddingBag takes them."""
    listed = list(rows)
    places = np.cumsum([0, *(len(row) for row in listed[:-1])])
    return torch.from_numpy(np.concatenate(listed)), torch.from_numpy(places)
