"""The question of whole sequences; skipped where PyTorch is not installed."""

import itertools

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from ivr.speech.training.sequence import SCALE, Sequences, transitions  # noqa: E402
from ivr.speech.training.shards import CHUNK, OUTSIDE, Shards, batches  # noqa: E402
from ivr.speech.training.units import STATE_COUNT, STATES  # noqa: E402

SILENCE = STATES["SIL"]


def said(*units: str, frames: int = 6) -> np.ndarray:
    """Labels of these units one after another."""
    return np.concatenate([np.full(frames, state, np.uint8) for unit in units for state in STATES[unit]])


CORPUS = np.tile(said("SIL", "b", "i", "d", "i", "SIL", "d", "a", "b", "a"), 60)
EVEN = np.full(STATE_COUNT, 1 / STATE_COUNT)


def near_of(states: list[int]) -> torch.Tensor:
    near = torch.zeros(1, len(states), STATE_COUNT, dtype=torch.bool)
    near[0, range(len(states)), states] = True
    return near


def logits_for(states: list[int], *, strength: float) -> torch.Tensor:
    logits = torch.zeros(1, len(states), STATE_COUNT)
    logits[0, range(len(states)), states] = strength
    return logits


def test_a_syllable_goes_from_its_initial_to_the_head_and_tail_of_its_final():
    table = transitions(CORPUS)
    assert torch.allclose(table.sum(1), torch.ones(STATE_COUNT))
    (b,), (head, tail) = STATES["b"], STATES["i"]
    other_head, other_tail = STATES["a"]
    assert table[b, head] > 0
    assert table[b, other_head] > 0
    assert table[head].nonzero().flatten().tolist() == sorted({head, tail})
    assert table[tail, other_tail] == 0
    assert table[tail, head] == 0
    assert table[tail, SILENCE[0]] > 0


def test_what_never_follows_in_the_corpus_is_no_path():
    (p,), (zh,) = STATES["p"], STATES["zh"]
    (_, tail) = STATES["i"]
    table = transitions(CORPUS)
    assert table[tail, p] == 0
    assert table[tail, zh] == 0


def test_the_loss_is_what_all_paths_reckoned_one_by_one_give():
    g = np.random.default_rng(3)
    steps = 3
    logits = torch.from_numpy(g.normal(size=(1, steps, STATE_COUNT))).float()
    (b,), (head, tail) = STATES["b"], STATES["i"]
    near = near_of([b, head, tail])
    near[0, 1, b] = near[0, 0, head] = True
    table = transitions(CORPUS).numpy().astype(float)
    scores = SCALE * (torch.log_softmax(logits, -1)[0].numpy().astype(float) - np.log(EVEN))

    def total(allowed: list[list[int]]) -> float:
        return sum(
            EVEN[path[0]] * np.prod([table[a, z] for a, z in itertools.pairwise(path)])
            * np.exp(sum(scores[at, state] for at, state in enumerate(path)))
            for path in itertools.product(*allowed)
            if all(table[a, z] > 0 for a, z in itertools.pairwise(path))
        )

    everything = total([list(range(STATE_COUNT))] * steps)
    wanted = np.log(everything / total([near[0, at].nonzero().flatten().tolist() for at in range(steps)])) / steps
    targets = torch.tensor([[b, head, tail]])
    assert Sequences(CORPUS, EVEN).loss(logits, targets, near).item() == pytest.approx(wanted, rel=1e-4)


def test_hearing_another_sound_costs_more_and_the_gradient_says_which():
    sequences = Sequences(CORPUS, EVEN)
    (b,), (d,), (head, tail) = STATES["b"], STATES["d"], STATES["i"]
    truth, other = [*SILENCE, d, head, tail, *SILENCE], [*SILENCE, b, head, tail, *SILENCE]
    targets, near = torch.tensor([truth]), near_of(truth)
    right = sequences.loss(logits_for(truth, strength=9.0), targets, near)
    heard = logits_for(other, strength=9.0).requires_grad_()
    wrong = sequences.loss(heard, targets, near)
    assert right.item() < 0.1
    assert wrong.item() > 0.5
    wrong.backward()
    assert heard.grad is not None
    assert heard.grad[0, 1, d] < 0 < heard.grad[0, 1, b]


def test_labels_that_no_path_can_follow_teach_nothing():
    sequences = Sequences(CORPUS, EVEN)
    (head, tail), (b,) = STATES["i"], STATES["b"]
    states = [tail, head, tail, b, b]
    logits = torch.zeros(1, len(states), STATE_COUNT, requires_grad=True)
    loss = sequences.loss(logits, torch.tensor([states]), near_of(states))
    assert loss.item() == 0
    loss.backward()
    assert logits.grad is not None
    assert not logits.grad.any()


def corpus(folder, *labels: np.ndarray) -> Shards:
    """Shards whose features are the number of the frame."""
    offsets = np.cumsum([0, *map(len, labels)])
    frames = np.concatenate([np.arange(len(each)) for each in labels])
    features = np.repeat(frames[:, None], 32, axis=1).astype(np.float16)
    np.savez(folder / "shard_1.npz", features=features, labels=np.concatenate(labels), offsets=offsets)
    return Shards(folder)


def test_a_sound_may_begin_and_end_a_little_beside_its_label(tmp_path):
    data = corpus(tmp_path, said("SIL", "d", "i", frames=12))
    (d,), (head, tail) = STATES["d"], STATES["i"]
    near = data.near(0, 0, 16)
    at = {state: [3 * output for output in near[:, state].nonzero()[0] if output < 16] for state in (d, head, tail)}
    assert (min(at[d]), max(at[d])) == (9, 27)
    assert (min(at[head]), max(at[head])) == (21, 39)
    assert near[:, STATES["b"][0]].sum() == 0


def test_outside_a_sentence_everything_may_be_said(tmp_path):
    data = corpus(tmp_path, said("SIL", "d", "i", frames=12))
    near, targets = data.near(0, -9, 25), data.targets(0, -9, 25)
    assert (targets == OUTSIDE).tolist() == near.all(1).tolist()
    assert (targets == OUTSIDE).sum() == 3 + 6


def test_every_frame_of_every_sentence_is_in_a_chunk(tmp_path):
    data = corpus(tmp_path, said("SIL", frames=40), *(said("SIL", "d", "i", frames=frames) for frames in (20, 37, 38, 90)))
    for seed in range(5):
        seen = 0
        for chunks in batches(data, np.arange(5), 1, 16, np.random.default_rng(seed)):
            assert chunks.frames.shape == (1, 3 * CHUNK - 2 + 32, 32)
            assert chunks.near.shape == (1, CHUNK, STATE_COUNT)
            seen += int((chunks.targets != OUTSIDE).sum())
        wanted = sum(data.offsets[1:] - data.offsets[:-1]) / 3
        assert seen == pytest.approx(wanted, abs=10)
