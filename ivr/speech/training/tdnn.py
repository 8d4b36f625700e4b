"""The acoustic network: a small time-delay net, trained with cross-entropy on the synthesizer's labels.

Output every third frame (30 ms), context 16 frames to either side. It trains on a GPU where torch finds
one; else on the CPU, where two single-thread processes with parameters averaged every few steps are
faster on shared cores than two threads in one. Products are in bfloat16 where the processor has it.
"""

import math
import os
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
import torch.distributed as dist
from torch import nn
from torch.nn import functional as fn

from ivr.speech.training.features import BINS
from ivr.speech.training.units import STATE_COUNT

WIDTH, UPPER_LAYERS = 512, 4
CONTEXT = 4 + 3 * UPPER_LAYERS
CHUNK = 50
"""Output frames of one training example: 1.5 s."""
BATCH, PEAK_RATE = 64, 2e-3
_AVERAGE_EVERY = 8
_DEVELOPMENT = 150
"""Sentences, the first of the first shard, kept to watch convergence."""
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
HALVES = torch.cuda.is_available() or torch.ops.mkldnn._is_mkldnn_bf16_supported()


class Tdnn(nn.Module):
    """Offsets in 10 ms frames: -2..2, -1..1, -1..1, then -3 0 3 four times; ReLU, batch norm without scale."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(BINS))
        self.register_buffer("inverse_deviation", torch.ones(BINS))
        half = WIDTH // 2
        lower = [nn.Conv1d(BINS, half, 5), nn.Conv1d(half, half, 3), nn.Conv1d(half, WIDTH, 3)]
        self.layers = nn.ModuleList(lower + [nn.Conv1d(WIDTH, WIDTH, 3) for _ in range(UPPER_LAYERS)])
        self.norms = nn.ModuleList([nn.BatchNorm1d(c.out_channels, affine=False, eps=1e-3) for c in self.layers])
        self.output = nn.Conv1d(WIDTH, STATE_COUNT, 1)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        """[batch, 3 * (n - 1) + 1 + 2 * CONTEXT, BINS] -> [batch, n, STATE_COUNT] logits."""
        x = ((frames - self.mean) * self.inverse_deviation).transpose(1, 2)
        for index, (layer, norm) in enumerate(zip(self.layers, self.norms, strict=True)):
            x = fn.conv1d(x, layer.weight, layer.bias, stride=3) if index == 2 else layer(x)
            x = norm(fn.relu(x))
        return self.output(x).transpose(1, 2)


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
        """Every third label; -100 outside the sentence."""
        begin, end = self.offsets[sentence], self.offsets[sentence + 1]
        where = first + 3 * np.arange(count)
        inside = (where >= 0) & (where < end - begin)
        return np.where(inside, self.labels[begin + np.clip(where, 0, end - begin - 1)].astype(np.int64), -100)


def batches(
    data: Shards, chosen: npt.NDArray[np.int64], size: int, g: np.random.Generator
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """One epoch of random chunks."""
    items = []
    span = 3 * CHUNK
    for sentence in chosen:
        length = data.offsets[sentence + 1] - data.offsets[sentence]
        first = -int(g.integers(0, span))
        while first < length - 30:
            items.append((int(sentence), first))
            first += span
    g.shuffle(items)
    for at in range(0, len(items) - size + 1, size):
        part = items[at : at + size]
        frames = np.stack([data.window(s, first - CONTEXT, span - 2 + 2 * CONTEXT) for s, first in part])
        targets = np.stack([data.targets(s, first, CHUNK) for s, first in part])
        _mask(frames, g)
        yield _warp(torch.from_numpy(frames), g), torch.from_numpy(targets)


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


def _average(model: nn.Module) -> None:
    """Mean of all processes' parameters and statistics."""
    if not dist.is_initialized():
        return
    with torch.no_grad():
        tensors = [t for t in model.state_dict().values() if t.dtype == torch.float32]
        flat = torch.cat([t.reshape(-1) for t in tensors])
        dist.all_reduce(flat)
        flat /= dist.get_world_size()
        at = 0
        for tensor in tensors:
            tensor.copy_(flat[at : at + tensor.numel()].view_as(tensor))
            at += tensor.numel()


def _progress(share: float) -> float:
    """The share of the training that is done, by the process that is ahead."""
    value = torch.tensor([min(share, 1.0)])
    if dist.is_initialized():
        dist.all_reduce(value, op=dist.ReduceOp.MAX)
    return float(value)


def train(folder: Path, checkpoint: Path, *, epochs: float, minutes: float, rank: int = 0, world: int = 1) -> None:
    """Train until the epochs or the minutes are over; the checkpoint is replaced every 200 steps.

    A checkpoint that is there is where training goes on, at half the rate. Shards that come while it
    trains join at the next epoch.
    """
    torch.set_num_threads(1)
    torch.manual_seed(0)
    if world > 1:
        meeting = checkpoint.with_suffix(".meeting").resolve()
        dist.init_process_group("gloo", init_method=f"file://{meeting}", rank=rank, world_size=world)
    data = Shards(folder)
    model = _fresh(data)
    peak = PEAK_RATE
    if checkpoint.exists():
        model.load_state_dict(torch.load(checkpoint, weights_only=False)["state"])
        peak /= 2
    model.to(DEVICE)
    optimizer = torch.optim.AdamW(model.parameters(), lr=peak, weight_decay=1e-3)
    size = max(1, BATCH // world)
    total = max(1, int(epochs * data.offsets[-1] / (3 * CHUNK) / size / world))
    began, losses = time.monotonic(), [0.0]
    print(f"training: {len(data.offsets) - 1} sentences, {data.offsets[-1] / 360000:.1f} h, at most {total} steps", flush=True)
    for step, (known, frames, targets) in enumerate(_epochs(data, folder, size, np.random.default_rng(rank + 7))):
        if step % _AVERAGE_EVERY == 0:
            _average(model)
            share = _progress(max(step / total, (time.monotonic() - began) / (60 * minutes)))
            if rank == 0 and (step % 200 == 0 or share >= 1):
                mean = sum(losses) / len(losses)
                _report(model, known, f"{share:4.0%} step {step} loss {mean:.3f}")
                save(model, known, checkpoint)
                losses = [0.0]
            if share >= 1:
                return
            _set_rate(optimizer, peak, share)
        losses.append(_learn(model, optimizer, frames, targets))


def _fresh(data: Shards) -> Tdnn:
    """A network that knows the mean and spread of the features."""
    model = Tdnn()
    sample = data.features[::97].astype(np.float32)
    model.mean[:] = torch.from_numpy(sample.mean(0))
    model.inverse_deviation[:] = torch.from_numpy(1 / np.maximum(sample.std(0), 1e-3))
    return model.train()


def _epochs(
    data: Shards, folder: Path, size: int, g: np.random.Generator
) -> Iterator[tuple[Shards, torch.Tensor, torch.Tensor]]:
    while True:
        made = False
        for frames, targets in batches(data, np.arange(_DEVELOPMENT, len(data.offsets) - 1), size, g):
            made = True
            yield data, frames, targets
        if not made:
            raise ValueError(f"too few sentences for one batch of {size}: make more shards")
        if shards_of(folder) != data.paths:
            data = Shards(folder)


def _set_rate(optimizer: torch.optim.Optimizer, peak: float, share: float) -> None:
    """Warm up over the first 3 %, then fall along a cosine."""
    rate = min(1.0, share / 0.03) * 0.5 * (1 + math.cos(math.pi * min(share, 1))) + 1e-3
    for group in optimizer.param_groups:
        group["lr"] = peak * rate


def _learn(model: Tdnn, optimizer: torch.optim.Optimizer, frames: torch.Tensor, targets: torch.Tensor) -> float:
    with torch.autocast(DEVICE, torch.bfloat16, enabled=HALVES):
        logits = model(frames.to(DEVICE))
    loss = fn.cross_entropy(logits.float().reshape(-1, STATE_COUNT), targets.to(DEVICE).reshape(-1), ignore_index=-100)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 5.0)
    optimizer.step()
    return float(loss.item())


def _report(model: Tdnn, data: Shards, what: str) -> None:
    model.eval()
    right = count = 0
    with torch.no_grad():
        for sentence in range(_DEVELOPMENT):
            length = int(data.offsets[sentence + 1] - data.offsets[sentence])
            outputs = (length + 2) // 3
            frames = data.window(int(sentence), -CONTEXT, 3 * (outputs - 1) + 1 + 2 * CONTEXT)
            guess = model(torch.from_numpy(frames)[None].to(DEVICE))[0].argmax(-1).cpu().numpy()
            right += int((guess == data.targets(int(sentence), 0, outputs)).sum())
            count += outputs
    model.train()
    print(f"{what} frames right {right / count:.3f}", flush=True)


def save(model: Tdnn, data: Shards, checkpoint: Path) -> None:
    """Write weights and the priors of the states."""
    priors = np.bincount(data.labels, minlength=STATE_COUNT).astype(np.float64)
    priors = np.maximum(priors, priors.sum() * 2e-5)
    unfinished = checkpoint.with_suffix(".part")
    state = {name: tensor.cpu() for name, tensor in model.state_dict().items()}
    torch.save({"state": state, "priors": priors / priors.sum()}, unfinished)
    unfinished.replace(checkpoint)


if __name__ == "__main__":
    import sys

    train(
        Path(sys.argv[1]), Path(sys.argv[2]), epochs=float(sys.argv[3]), minutes=float(sys.argv[4]),
        rank=int(os.environ.get("RANK", "0")), world=int(os.environ.get("WORLD", "1")),  # noqa: TID251
    )
