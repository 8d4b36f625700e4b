"""The acoustic network: a small time-delay net, trained on the synthesizer's labels, by frame and then by sequence.

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
from ivr.speech.training.sequence import Sequences
from ivr.speech.training.shards import CHUNK, OUTSIDE, STRIDE, Chunks, Shards, batches, shards_of
from ivr.speech.training.units import STATE_COUNT

WIDTH, UPPER_LAYERS = 512, 4
CONTEXT = 4 + 3 * UPPER_LAYERS
BATCH, PEAK_RATE = 64, 2e-3
_BY_FRAME = 0.45
"""Share of the training in which every frame is a question of its own; then whole sequences are."""
_FRAMES_TOO = 0.2
"""Weight of the frames in the second part: they keep the network from leaving the sounds."""
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
        """[batch, STRIDE * (n - 1) + 1 + 2 * CONTEXT, BINS] -> [batch, n, STATE_COUNT] logits."""
        x = ((frames - self.mean) * self.inverse_deviation).transpose(1, 2)
        for index, (layer, norm) in enumerate(zip(self.layers, self.norms, strict=True)):
            x = fn.conv1d(x, layer.weight, layer.bias, stride=STRIDE) if index == 2 else layer(x)
            x = norm(fn.relu(x))
        return self.output(x).transpose(1, 2)


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
    trains join at the next epoch. In the first part every frame is a question, in the second every sequence.
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
    total = max(1, int(epochs * data.offsets[-1] / (STRIDE * CHUNK) / size / world))
    sequences = Sequences(data.labels, priors_of(data), DEVICE)
    began, losses, share = time.monotonic(), [0.0], 0.0
    print(f"training: {len(data.offsets) - 1} sentences, {data.offsets[-1] / 360000:.1f} h, at most {total} steps", flush=True)
    for step, (known, chunks) in enumerate(_epochs(data, folder, size, np.random.default_rng(rank + 7))):
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
        losses.append(_learn(model, optimizer, chunks, None if share < _BY_FRAME else sequences))


def _fresh(data: Shards) -> Tdnn:
    """A network that knows the mean and spread of the features."""
    model = Tdnn()
    sample = data.features[::97].astype(np.float32)
    model.mean[:] = torch.from_numpy(sample.mean(0))
    model.inverse_deviation[:] = torch.from_numpy(1 / np.maximum(sample.std(0), 1e-3))
    return model.train()


def _epochs(data: Shards, folder: Path, size: int, g: np.random.Generator) -> Iterator[tuple[Shards, Chunks]]:
    while True:
        made = False
        for chunks in batches(data, np.arange(_DEVELOPMENT, len(data.offsets) - 1), size, CONTEXT, g):
            made = True
            yield data, chunks
        if not made:
            raise ValueError(f"too few sentences for one batch of {size}: make more shards")
        if shards_of(folder) != data.paths:
            data = Shards(folder)


def _set_rate(optimizer: torch.optim.Optimizer, peak: float, share: float) -> None:
    """Warm up over the first 3 %, then fall along a cosine."""
    rate = min(1.0, share / 0.03) * 0.5 * (1 + math.cos(math.pi * min(share, 1))) + 1e-3
    for group in optimizer.param_groups:
        group["lr"] = peak * rate


def _learn(model: Tdnn, optimizer: torch.optim.Optimizer, chunks: Chunks, sequences: Sequences | None) -> float:
    targets = chunks.targets.to(DEVICE)
    with torch.autocast(DEVICE, torch.bfloat16, enabled=HALVES):
        logits = model(chunks.frames.to(DEVICE))
    logits = logits.float()
    loss = fn.cross_entropy(logits.reshape(-1, STATE_COUNT), targets.reshape(-1), ignore_index=OUTSIDE)
    if sequences is not None:
        loss = sequences.loss(logits, targets, chunks.near.to(DEVICE)) + _FRAMES_TOO * loss
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
            outputs = -(-length // STRIDE)
            frames = data.window(int(sentence), -CONTEXT, STRIDE * (outputs - 1) + 1 + 2 * CONTEXT)
            guess = model(torch.from_numpy(frames)[None].to(DEVICE))[0].argmax(-1).cpu().numpy()
            right += int((guess == data.targets(int(sentence), 0, outputs)).sum())
            count += outputs
    model.train()
    print(f"{what} frames right {right / count:.3f}", flush=True)


def priors_of(data: Shards) -> npt.NDArray[np.float64]:
    """How often the states are said, [STATE_COUNT]; none is never said."""
    counts = np.bincount(data.labels, minlength=STATE_COUNT).astype(np.float64)
    counts = np.maximum(counts, counts.sum() * 2e-5)
    return np.asarray(counts / counts.sum())


def save(model: Tdnn, data: Shards, checkpoint: Path) -> None:
    """Write weights and the priors of the states."""
    unfinished = checkpoint.with_suffix(".part")
    state = {name: tensor.cpu() for name, tensor in model.state_dict().items()}
    torch.save({"state": state, "priors": priors_of(data)}, unfinished)
    unfinished.replace(checkpoint)


if __name__ == "__main__":
    import sys

    train(
        Path(sys.argv[1]), Path(sys.argv[2]), epochs=float(sys.argv[3]), minutes=float(sys.argv[4]),
        rank=int(os.environ.get("RANK", "0")), world=int(os.environ.get("WORLD", "1")),  # noqa: TID251
    )
