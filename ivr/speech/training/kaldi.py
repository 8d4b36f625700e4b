r"""Kaldi's binary model format, writing only: transition model and nnet3 network.

Layout as read by libvosk 0.3.45: `\0B`, TransitionModel, Nnet3 config and components, contexts, priors.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ivr.speech.training.units import PHONES, STATES, TRIPLES, unit_of

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Layer:
    """One affine layer, with the frames (10 ms each) it looks at."""

    name: str
    offsets: tuple[int, ...]
    weights: Floats
    """[outputs, inputs * len(offsets)]; inputs of the first offset first."""
    bias: Floats
    rectified: bool


def token(text: str) -> bytes:
    """A word of the format."""
    return text.encode() + b" "


def int32(value: int) -> bytes:
    """A number with its size before it."""
    return b"\x04" + struct.pack("<i", value)


def float32(value: float) -> bytes:
    """A number with its size before it."""
    return b"\x04" + struct.pack("<f", value)


def int_vector(values: Sequence[int]) -> bytes:
    """A counted list of numbers."""
    return b"\x04" + struct.pack("<i", len(values)) + np.asarray(values, "<i4").tobytes()


def float_vector(values: Sequence[float] | Floats) -> bytes:
    """A vector."""
    return b"FV " + int32(len(values)) + np.asarray(values, "<f4").tobytes()


def compressed_matrix(matrix: Floats) -> bytes:
    """A matrix in 8 bits a value (Kaldi `CM`), which Kaldi reads wherever a matrix may stand.

    Every column has four marks of its own: least, first quarter, third quarter, most. A value is a place
    between two of them.
    """
    low = float(matrix.min())
    span = float(matrix.max() - matrix.min()) or 1e-5
    rows, columns = matrix.shape
    ordered = np.sort(matrix, axis=0)
    marks = ordered[[0, rows // 4, 3 * rows // 4, rows - 1]]
    scaled = np.clip(np.round((marks - low) / span * 65535), 0, 65535).astype(np.int64)
    for index in range(1, 4):
        scaled[index] = np.maximum(scaled[index], scaled[index - 1] + 1)
    scaled = np.minimum(scaled, 65535 - np.arange(3, -1, -1)[:, None])
    edges = low + span * scaled / 65535
    places = np.empty(matrix.shape)
    for first, last, begin, end in ((0, 64, 0, 1), (64, 192, 1, 2), (192, 255, 2, 3)):
        part = first + (matrix - edges[begin]) / (edges[end] - edges[begin]) * (last - first)
        inside = matrix >= edges[begin] if begin else np.ones(matrix.shape, bool)
        places = np.where(inside, np.minimum(part, last), places)
    values = np.clip(np.round(places), 0, 255).astype(np.uint8)
    header = token("CM") + struct.pack("<ffii", low, span, rows, columns)
    return header + scaled.T.astype("<u2").tobytes() + values.T.tobytes()


def transition_model() -> bytes:
    """Topology (one or two states a phone) and even transition probabilities."""
    numbers = sorted(PHONES.values())
    single = {number for name, number in PHONES.items() if len(STATES[unit_of(name)]) == 1}
    out = token("<TransitionModel>") + token("<Topology>")
    out += int_vector(numbers) + int_vector([-1, *(0 if n in single else 1 for n in numbers)]) + int32(2)
    for states in (1, 2):
        out += int32(states + 1)
        for state in range(states):
            out += int32(state) + int32(2) + int32(state) + float32(0.5) + int32(state + 1) + float32(0.5)
        out += int32(-1) + int32(0)
    out += token("</Topology>") + token("<Triples>") + int32(len(TRIPLES))
    for triple in TRIPLES:
        out += b"".join(int32(value) for value in triple)
    logs = [0.0] + [float(np.log(0.5))] * (2 * len(TRIPLES))
    return out + token("</Triples>") + token("<LogProbs>") + float_vector(logs) + token("</LogProbs>") + token("</TransitionModel>")


def _nonlinearity(kind: str, dimension: int) -> bytes:
    empty = float_vector([])
    count = b"\x08" + struct.pack("<d", 0.0)
    fields = (
        token("<Dim>") + int32(dimension), token("<ValueAvg>") + empty, token("<DerivAvg>") + empty,
        token("<Count>") + count, token("<OderivRms>") + empty, token("<OderivCount>") + count,
        token("<NumDimsSelfRepaired>") + count, token("<NumDimsProcessed>") + count,
    )
    return token(f"<{kind}>") + b"".join(fields) + token(f"</{kind}>")


def _affine(layer: Layer) -> bytes:
    return (
        token("<FixedAffineComponent>") + token("<LinearParams>") + compressed_matrix(layer.weights)
        + token("<BiasParams>") + float_vector(layer.bias) + token("</FixedAffineComponent>")
    )


def _input_of(previous: str, offsets: tuple[int, ...]) -> str:
    if len(offsets) == 1:
        return previous
    return "Append(" + ", ".join(f"Offset({previous}, {o})" if o else previous for o in offsets) + ")"


def network(input_dimension: int, layers: Sequence[Layer], priors: Floats, context: int) -> bytes:
    """An nnet3 network that ends in log-softmax."""
    config = [f"input-node name=input dim={input_dimension}"]
    components: list[tuple[str, bytes]] = []
    previous = "input"

    def add(name: str, data: bytes, source: str) -> str:
        config.append(f"component-node name={name} component={name} input={source}")
        components.append((name, data))
        return name

    for layer in layers:
        source = _input_of(previous, layer.offsets)
        previous = add(f"{layer.name}.affine", _affine(layer), source)
        if layer.rectified:
            size = layer.weights.shape[0]
            previous = add(f"{layer.name}.relu", _nonlinearity("RectifiedLinearComponent", size), previous)
    size = layers[-1].weights.shape[0]
    previous = add("output.log-softmax", _nonlinearity("LogSoftmaxComponent", size), previous)
    config.append(f"output-node name=output input={previous} objective=linear")
    out = token("<Nnet3>") + b"\n" + ("\n".join(config) + "\n\n").encode()
    out += token("<NumComponents>") + int32(len(components))
    for name, data in components:
        out += token("<ComponentName>") + token(name) + data
    out += token("</Nnet3>") + token("<LeftContext>") + int32(context) + token("<RightContext>") + int32(context)
    return out + token("<Priors>") + float_vector(priors)


def write_model(path: Path, input_dimension: int, layers: Sequence[Layer], priors: Floats, context: int) -> None:
    """Write `am/final.mdl`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\0B" + transition_model() + network(input_dimension, layers, priors, context))
