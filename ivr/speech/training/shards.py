"""What the network learns from: the corpus in memory, cut into chunks, and moved about so that no two passes are alike."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional as fn

from ivr.speech.training.features import BINS
from ivr.speech.training.units import STATE_COUNT

STRIDE = 3
"""Frames of 10 ms to an output of the network."""
CHUNK = 50
"""Outputs of one training example: 1.5 s."""
OUTSIDE = -100
"""The target of an output at which no sentence is; torch passes it over."""
TOLERANCE = 3
"""Frames by which a sound may begin earlier or end later than the synthesizer says, for `Chunks.near`."""


@dataclass(frozen=True, slots=True)
class Chunks:
    """One batch."""

    frames: torch.Tensor
    """[batch, frames, BINS], with the context of the first and of the last output."""
    targets: torch.Tensor
    """[batch, CHUNK] states, or `OUTSIDE`."""
    near: torch.Tensor
    """[batch, CHUNK, STATE_COUNT] whether the state is said at the output or close by; everything is, outside a sentence."""


def shards_of(folder: Path) -> list[Path]:
    """The finished shards of a folder."""
    return sorted(folder.glob("shard_*[0-9].npz"))


class Shards:
    """All shards of a folder in memory."""

    def __init__(self, folder: Path) -> None:
        features, labels, offsets = [], [], [0]
        self.paths = shards_of(folder)
        for path in self.paths:
            shard = np.load(path)
            features.append(shard["features"])
            labels.append(shard["labels"])
            offsets += list(shard["offsets"][1:] + offsets[-1])
        self.features = np.concatenate(features)
        self.labels = np.concatenate(labels)
        self.offsets = np.array(offsets)

    def window(self, sentence: int, first: int, frames: int) -> npt.NDArray[np.float32]:
        """`frames` frames from `first` of a sentence, its edges repeated."""
        begin, end = self.offsets[sentence], self.offsets[sentence + 1]
        where = np.clip(np.arange(first, first + frames), 0, end - begin - 1)
        return self.features[begin + where].astype(np.float32)

    def targets(self, sentence: int, first: int, count: int) -> npt.NDArray[np.int64]:
        """The state at every output; `OUTSIDE` where the sentence is not."""
        begin, end = self.offsets[sentence], self.offsets[sentence + 1]
        where = first + STRIDE * np.arange(count)
        inside = (where >= 0) & (where < end - begin)
        return np.where(inside, self.labels[begin + np.clip(where, 0, end - begin - 1)].astype(np.int64), OUTSIDE)

    def near(self, sentence: int, first: int, count: int) -> npt.NDArray[np.bool_]:
        """Which states are said at every output or close by: [count, STATE_COUNT]."""
        begin, end = self.offsets[sentence], self.offsets[sentence + 1]
        outputs = np.arange(count)
        said = np.zeros((count, STATE_COUNT), bool)
        for away in range(-1 - TOLERANCE, 2 + TOLERANCE):
            where = np.clip(first + STRIDE * outputs + away, 0, end - begin - 1)
            said[outputs, self.labels[begin + where]] = True
        said[(first + STRIDE * outputs < 0) | (first + STRIDE * outputs >= end - begin)] = True
        return said


def batches(
    data: Shards, chosen: npt.NDArray[np.int64], size: int, context: int, g: np.random.Generator
) -> Iterator[Chunks]:
    """One epoch: every sentence in chunks that begin somewhere else each time.

    Args:
        data: the corpus.
        chosen: numbers of sentences.
        size: chunks of a batch.
        context: frames that the network sees before the first output and behind the last.
        g: what chance decides.
    """
    span = STRIDE * CHUNK
    items = []
    for sentence in chosen:
        length = int(data.offsets[sentence + 1] - data.offsets[sentence])
        count = -(-length // span)
        first = -int(g.integers(0, count * span - length + 1))
        items += [(int(sentence), first + span * number) for number in range(count)]
    g.shuffle(items)
    for at in range(0, len(items) - size + 1, size):
        part = items[at : at + size]
        frames = np.stack([data.window(s, first - context, span - 2 + 2 * context) for s, first in part])
        _mask(frames, g)
        yield Chunks(
            _warp(torch.from_numpy(frames), g),
            torch.from_numpy(np.stack([data.targets(s, first, CHUNK) for s, first in part])),
            torch.from_numpy(np.stack([data.near(s, first, CHUNK) for s, first in part])),
        )


def _mask(frames: npt.NDArray[np.float32], g: np.random.Generator) -> None:
    for each in frames:
        if g.random() < 0.4:
            width = int(g.integers(1, 5))
            first = int(g.integers(0, BINS - width))
            each[:, first : first + width] = each.mean()
        if g.random() < 0.2:
            width = int(g.integers(2, 8))
            first = int(g.integers(0, len(each) - width))
            each[first : first + width] = each.mean(0)


def _warp(frames: torch.Tensor, g: np.random.Generator) -> torch.Tensor:
    """Against one synthesizer's sameness: stretch the mel axis, and move levels smoothly over time and frequency."""
    batch, length, bins = frames.shape

    def some(share: float) -> torch.Tensor:
        return torch.from_numpy((g.random(batch) < share).astype(np.float32))

    scale = 1 + some(0.6) * torch.from_numpy(g.uniform(-0.10, 0.10, batch).astype(np.float32))
    shift = some(0.6) * torch.from_numpy(g.uniform(-0.05, 0.05, batch).astype(np.float32))
    across = torch.linspace(-1, 1, bins)[None] * scale[:, None] + shift[:, None]
    along = torch.linspace(-1, 1, length)
    grid = torch.stack([across[:, None, :].expand(batch, length, bins), along[None, :, None].expand(batch, length, bins)], -1)
    moved = fn.grid_sample(frames[:, None], grid, mode="bilinear", padding_mode="border", align_corners=True)
    field = torch.from_numpy(g.normal(0, 1, (batch, 1, max(2, length // 22), 6)).astype(np.float32))
    strength = some(0.6) * torch.from_numpy(g.uniform(0.1, 1.0, batch).astype(np.float32))
    field = field * strength[:, None, None, None]
    return (moved + fn.interpolate(field, size=(length, bins), mode="bilinear", align_corners=True))[:, 0]
