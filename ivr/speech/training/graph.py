"""Lexicon and language model as Vosk's look-ahead graph: `HCLr.fst`, `Gr.fst`, `words.txt`.

The context-free units make the lexicon exact as a prefix tree straight over transition ids: no
composition, no determinization. A forward transition enters a state, the self-loop sits on it.
"""

import collections
import itertools
import math
import os
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ivr.speech.training.lexicon import Pronunciations
from ivr.speech.training.units import (
    FINALS,
    INITIALS,
    ONSETS,
    PHONES,
    SILENCE,
    TRANSITIONS,
    TRIPLES,
    phones_of,
)

SILENCE_COST = 0.7
UNKNOWN_ENTER_COST, UNKNOWN_SYLLABLE_COST = 5.0, 7.0
"""`[unk]` matches any syllables; cheaper than about 5 it swallows digit strings."""
LOOK_AHEAD = next(iter(sorted(Path("/usr/lib").glob("*/fst/*/olabel_lookahead-fst.so"))), None)
"""OpenFst's plugin for this kind of graph, where Debian's libfst22-plugins-base puts it; None: not installed."""

Counts = dict[tuple[str, ...], collections.Counter[str]]


def _run(command: Sequence[str], *, stdin: bytes = b"") -> bytes:
    plugins = {} if LOOK_AHEAD is None else {"LD_LIBRARY_PATH": str(LOOK_AHEAD.parent)}
    env = {**os.environ, **plugins}  # noqa: TID251
    return subprocess.run(command, input=stdin, stdout=subprocess.PIPE, check=True, env=env).stdout


class Tree:
    """Arcs of the lexicon; state 0 may be silent, state 2 begins a word."""

    def __init__(self) -> None:
        self.arcs: list[tuple[int, int, int, int, float]] = []
        self._states = 3
        self._leaves: dict[tuple[int, int], int] = {}
        self._branches: dict[tuple[int, int], int] = {}
        forward, loop = TRANSITIONS[SILENCE][0]
        self.arcs += [(0, 1, forward, 0, SILENCE_COST), (1, 1, loop, 0, 0.0), (1, 2, 0, 0, 0.0), (0, 2, 0, 0, SILENCE_COST)]

    def state(self) -> int:
        """A new state."""
        self._states += 1
        return self._states - 1

    def _looping(self, loop: int) -> int:
        state = self.state()
        self.arcs.append((state, state, loop, 0, 0.0))
        return state

    def leaf(self, forward: int, loop: int) -> int:
        """The shared last state of all words that end alike."""
        if (forward, loop) not in self._leaves:
            state = self._leaves[forward, loop] = self._looping(loop)
            self.arcs.append((state, 0, 0, 0, 0.0))
        return self._leaves[forward, loop]

    def add_word(self, number: int, phones: Sequence[str]) -> None:
        """Add one way to say a word."""
        path = [ids for phone in phones for ids in TRANSITIONS[phone]]
        at = 2
        for forward, loop in path[:-1]:
            if (at, forward) not in self._branches:
                state = self._branches[at, forward] = self._looping(loop)
                self.arcs.append((at, state, forward, 0, 0.0))
            at = self._branches[at, forward]
        self.arcs.append((at, self.leaf(*path[-1]), path[-1][0], number, 0.0))

    def _chain(self, source: int, phone: str, cost: float) -> int:
        at = source
        for index, (forward, loop) in enumerate(TRANSITIONS[phone]):
            state = self._looping(loop)
            self.arcs.append((at, state, forward, 0, 0.0 if index else cost))
            at = state
        return at

    def add_unknown(self, number: int) -> None:
        """Add `[unk]`: any syllables, each at a price."""
        first, syllable, inner = self.state(), self.state(), self.state()
        for unit in (*INITIALS, *ONSETS):
            self.arcs.append((self._chain(2, f"{unit}_B", UNKNOWN_ENTER_COST), first, 0, 0, 0.0))
            self.arcs.append((self._chain(syllable, f"{unit}_I", UNKNOWN_SYLLABLE_COST), inner, 0, 0, 0.0))
        for unit in FINALS:
            for source in (first, inner):
                self.arcs.append((self._chain(source, f"{unit}_I", 0.0), syllable, 0, 0, 0.0))
                (forward, loop), last = TRANSITIONS[f"{unit}_E"]
                middle = self._looping(loop)
                self.arcs.append((source, middle, forward, 0, 0.0))
                self.arcs.append((middle, self.leaf(*last), last[0], number, 0.0))

    def text(self) -> str:
        """OpenFst's text form."""
        lines = [f"{a} {b} {i} {o} {w:g}" for a, b, i, o, w in sorted(self.arcs, key=lambda arc: arc[0])]
        return "\n".join([*lines, "0 0", "1 0"]) + "\n"


@dataclass(frozen=True, slots=True)
class Model:
    """An interpolated back-off model: history -> word -> probability, and the weight of backing off."""

    probability: dict[tuple[str, ...], dict[str, float]]
    backoff: dict[tuple[str, ...], float]

    def of(self, word: str, history: tuple[str, ...]) -> float:
        """P(word | history)."""
        weight = 1.0
        while history not in self.probability or word not in self.probability[history]:
            if not history:
                return 1e-12 * weight
            weight *= self.backoff.get(history, 1.0)
            history = history[1:]
        return weight * self.probability[history][word]


def count_ngrams(sentences: Iterable[tuple[Sequence[str], float]], order: int) -> list[Counts]:
    """Weighted counts per length of history."""
    counts: list[Counts] = [collections.defaultdict(collections.Counter) for _ in range(order)]
    for words, weight in sentences:
        line = ("<s>", *words, "</s>")
        for at in range(1, len(line)):
            for length in range(min(order, at + 1)):
                counts[length][line[at - length : at]][line[at]] += weight  # type: ignore[assignment]
    return counts


def even_out(counts: list[Counts], classes: Sequence[frozenset[str]], fixed: frozenset[str]) -> None:
    """Make what stands inside plates and numbers as likely as its class: which digit follows which is chance.

    In a run of signs the counts of a class are shared out among its members as often as each is said in runs. Of
    what happened to stand beside what in the sentences the ear would otherwise learn preferences that nobody has.

    Args:
        counts: of `count_ngrams`; changed.
        classes: signs that stand for each other: digits, letters.
        fixed: signs that keep their own counts: provinces.
    """
    names = {sign: f"<{number}>" for number, members in enumerate(classes) for sign in members} | {sign: sign for sign in fixed}
    share = _shares(counts[1], names)
    for level in counts[1:]:
        for kinds, following in _taken_out(level, names).items():
            for signs in itertools.product(*(share[kind].items() for kind in kinds)):
                weight = math.prod(part for _, part in signs)
                here = level[tuple(sign for sign, _ in signs)]
                for kind, count in following.items():
                    here.update({word: count * weight * part for word, part in share[kind].items()})


def _shares(pairs: Counts, names: Mapping[str, str]) -> dict[str, dict[str, float]]:
    """Class -> how often each of its signs is the one that is said, in runs."""
    said: dict[str, collections.Counter[str]] = {name: collections.Counter() for name in names.values()}
    for history, following in pairs.items():
        for sign in sorted(following.keys() & names.keys()) if history[0] in names else ():
            said[names[sign]][sign] += following[sign]
    return {
        name: {sign: counted[sign] / counted.total() for sign in sorted(counted)} if counted else {name: 1.0}
        for name, counted in said.items()
    }


def _taken_out(level: Counts, names: Mapping[str, str]) -> Counts:
    """Counts by class of what consists of signs alone; they are no more in `level`."""
    together: Counts = collections.defaultdict(collections.Counter)
    for history, following in level.items():
        if all(sign in names for sign in history):
            kinds = tuple(names[sign] for sign in history)
            for word in sorted(following.keys() & names.keys()):
                together[kinds][names[word]] += following.pop(word)
    return together


def single_words(counts: list[Counts], common: Mapping[str, float], common_share: float) -> dict[str, float]:
    """P(word) where no context is known: in how many contexts a word stands, mixed with its common frequency.

    Plain counts would make every unexpected sound a digit or a letter, because plates are so many.
    """
    contexts = collections.Counter(word for following in counts[1].values() for word in following)
    every, seen = math.fsum(common.values()), sum(contexts.values())
    least = 0.1 / seen
    share = {
        word: (1 - common_share) * contexts[word] / seen + common_share * common.get(word, 0.0) / every
        for word in sorted(contexts.keys() | common.keys())
    }
    total = math.fsum(max(value, least) for value in share.values())
    return {word: max(value, least) / total for word, value in share.items()}


def witten_bell(counts: list[Counts], single: Mapping[str, float], minimum: Sequence[float]) -> Model:
    """Witten-Bell smoothing over the probabilities of single words."""
    model = Model({(): dict(single)}, {(): 0.0})
    for length in range(1, len(counts)):
        for history, following in counts[length].items():
            if length > 1 and history[-1] not in model.probability.get(history[:-1], {}):
                continue
            shorter = model.probability.get(history[1:], {})
            kept = {word: count for word, count in following.items() if count >= minimum[length] and (length == 1 or word in shorter)}
            if not kept:
                continue
            kinds, seen = len(following), sum(following.values())
            lower = {word: model.of(word, history[1:]) for word in kept}
            share = {word: (count + kinds * lower[word]) / (seen + kinds) for word, count in kept.items()}
            model.probability[history] = share
            model.backoff[history] = max(1 - sum(share.values()), 1e-6) / max(1 - sum(lower.values()), 1e-6)
    return model


def grammar_text(model: Model, numbers: Mapping[str, int], order: int) -> str:
    """The model as an acceptor with back-off arcs, OpenFst's text form; state 0 is the start."""
    start = ("<s>",)
    ordered = sorted(model.probability, key=lambda history: (history != start, history))
    states = {history: index for index, history in enumerate(ordered)}
    lines, finals = [], []
    for history, state in states.items():
        for word, share in model.probability[history].items():
            if word == "</s>":
                finals.append(f"{state} {-math.log(share):.4f}")
            elif word != "<s>":
                target = (*history, word)[-(order - 1) :]
                while target not in states:
                    target = target[1:]
                lines.append(f"{state} {states[target]} {numbers[word]} {numbers[word]} {-math.log(share):.4f}")
        if history:
            lower = history[1:]
            while lower not in states:
                lower = lower[1:]
            lines.append(f"{state} {states[lower]} 0 0 {-math.log(max(model.backoff[history], 1e-9)):.4f}")
    return "\n".join([*lines, *finals]) + "\n"


def make_graph(folder: Path, known: Pronunciations, model: Model, order: int) -> int:
    """Write the graph files of a Vosk model; the number of words."""
    graph = folder / "graph"
    (graph / "phones").mkdir(parents=True, exist_ok=True)
    numbers = {word: index for index, word in enumerate(sorted(known), 1)}
    numbers["[unk]"] = len(numbers) + 1
    tree = Tree()
    for word in sorted(known):
        for phones in dict.fromkeys(filter(None, map(phones_of, known[word]))):
            tree.add_word(numbers[word], phones)
    tree.add_unknown(numbers["[unk]"])
    compiled = _run(["fstarcsort", "--sort_type=olabel"], stdin=_run(["fstcompile"], stdin=tree.text().encode()))
    relabel = folder / "relabel.txt"
    look_ahead = ["fstconvert", "--fst_type=olabel_lookahead", f"--save_relabel_opairs={relabel}"]
    (graph / "HCLr.fst").write_bytes(_run(look_ahead, stdin=compiled))
    pairs = (line.split() for line in relabel.read_text().splitlines())
    moved = {int(old): int(new) for old, new in pairs}
    relabel.unlink()
    final = {word: moved.get(index, index) for word, index in numbers.items()}
    listed = sorted(final.items(), key=lambda item: item[1])
    (graph / "words.txt").write_text("<eps> 0\n" + "".join(f"{w} {i}\n" for w, i in listed), "utf-8")
    text = grammar_text(model, final, order).encode()
    sorted_grammar = _run(["fstarcsort", "--sort_type=ilabel"], stdin=_run(["fstcompile"], stdin=text))
    (graph / "Gr.fst").write_bytes(_run(["fstconvert", "--fst_type=ngram"], stdin=sorted_grammar))
    _write_tables(graph)
    return len(final)


def _write_tables(graph: Path) -> None:
    kinds = {"B": "begin", "I": "internal", "E": "end"}
    listed = sorted(PHONES.items(), key=lambda item: item[1])
    (graph / "disambig_tid.int").write_text(f"{2 * len(TRIPLES) + 1}\n")
    (graph / "phones.txt").write_text("<eps> 0\n" + "".join(f"{name} {number}\n" for name, number in listed))
    boundary = (f"{number} {'nonword' if name == SILENCE else kinds[name[-1]]}\n" for name, number in listed)
    (graph / "phones" / "word_boundary.int").write_text("".join(boundary))
