"""From a checkpoint and sentences to a Vosk model folder."""

import itertools
from pathlib import Path

import numpy as np
import torch

from ivr.speech.training import values
from ivr.speech.training.features import BINS, FBANK_CONF, MODEL_CONF
from ivr.speech.training.graph import count_ngrams, even_out, make_graph, single_words, witten_bell
from ivr.speech.training.kaldi import Layer, write_model
from ivr.speech.training.lexicon import frequent_words, lexicon
from ivr.speech.training.sentences import sentences, written_sentences
from ivr.speech.training.tdnn import CONTEXT, UPPER_LAYERS, Tdnn

ORDER = 3
MINIMUM_COUNTS = (0.0, 1.0, 2.0)
GENERATED_SENTENCES = 250_000
WRITTEN_WEIGHT = 25.0
"""A sentence written for the dialogue counts as much as so many generated ones."""
COMMON_SHARE = 0.1
"""Weight of jieba's frequencies in what stands where no context is known."""
CHARACTERS, COMMON_WORDS = 3000, 9000
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def layers_of(model: Tdnn) -> list[Layer]:
    """Affine layers with input normalisation and batch norms folded into the layer after them."""
    scale = model.inverse_deviation.numpy().astype(np.float64)
    shift = -model.mean.numpy().astype(np.float64) * scale
    offsets = [(-2, -1, 0, 1, 2), (-1, 0, 1), (-1, 0, 1), *[(-3, 0, 3)] * UPPER_LAYERS, (0,)]
    layers = []
    for index, convolution in enumerate([*model.layers, model.output]):
        weights = convolution.weight.detach().numpy().astype(np.float64)
        bias = convolution.bias.detach().numpy().astype(np.float64) + (weights * shift[None, :, None]).sum((1, 2))
        scaled = (weights * scale[None, :, None]).transpose(0, 2, 1).reshape(weights.shape[0], -1)
        last = index == len(model.layers)
        name = "output" if last else f"tdnn{index + 1}"
        layers.append(Layer(name, offsets[index], scaled.astype(np.float32), bias.astype(np.float32), not last))
        if not last:
            norm = model.norms[index]
            scale = 1 / np.sqrt(norm.running_var.numpy().astype(np.float64) + norm.eps)
            shift = -norm.running_mean.numpy().astype(np.float64) * scale
    return layers


def export_network(checkpoint: Path, folder: Path) -> None:
    """Write `am/` and `conf/`."""
    saved = torch.load(checkpoint, weights_only=False)
    model = Tdnn()
    model.load_state_dict(saved["state"])
    model.eval()
    write_model(folder / "am" / "final.mdl", BINS, layers_of(model), saved["priors"], CONTEXT)
    (folder / "conf").mkdir(exist_ok=True)
    (folder / "conf" / "fbank.conf").write_text(FBANK_CONF)
    (folder / "conf" / "model.conf").write_text(MODEL_CONF)


def export_graph(nlu_data: Path, folder: Path) -> int:
    """Write `graph/` from the grammar of sentences and the dialogue's own; the number of words."""
    generated = [words for _, words in itertools.islice(sentences(1), GENERATED_SENTENCES)]
    written = written_sentences(nlu_data)
    common = frequent_words(CHARACTERS, COMMON_WORDS)
    used = {word for words in (*generated, *written) for word in words}
    used |= {sign for word in used if not word.isascii() for sign in word}
    used |= set(values.DIGITS) | set(values.PROVINCES) | set(_LETTERS) | set("两洞幺拐勾百千万点")
    known = lexicon(used | set(common))
    weighted = [(words, 1.0) for words in generated] + [(words, WRITTEN_WEIGHT) for words in written]
    weighted = [(words, weight) for words, weight in weighted if all(word in known for word in words)]
    counts = count_ngrams(weighted, ORDER)
    even_out(counts, (frozenset(values.DIGITS + "幺"), frozenset(_LETTERS)), frozenset(values.PROVINCES))
    single = single_words(counts, {word: float(common.get(word, 0)) for word in known}, COMMON_SHARE)
    model = witten_bell(counts, single, MINIMUM_COUNTS)
    return make_graph(folder, known, model, ORDER)
