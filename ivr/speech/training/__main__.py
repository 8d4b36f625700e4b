"""`python -m ivr.speech.training [make|graph|tones|ends|evaluate] ...`: the whole recipe, resumable.

make OUT     corpus, training, network, graph and tones into the folder OUT (under an hour on two cores)
graph OUT    only the graph again, after sentences changed
tones OUT    only the table of tones again
ends OUT     where sentences end, into the file OUT
evaluate OUT the table of what the model hears
"""

import argparse
import ctypes.util
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tqdm import tqdm

from ivr.speech.training.graph import LOOK_AHEAD

_SHARDS, _SENTENCES_PER_SHARD = 80, 1500
_PROCESSES = os.cpu_count() or 2
_TRAINERS = 2


def _spawn(module: str, *arguments: str, **extra: str) -> int:
    env = {**os.environ, "OMP_NUM_THREADS": "1", **extra}  # noqa: TID251
    return subprocess.run([sys.executable, "-m", f"ivr.speech.training.{module}", *arguments], env=env, check=False).returncode


def make_corpus(folder: Path, shards: int) -> None:
    """Speak all shards; one that failed (libespeak-ng may crash) is tried again, then missing."""
    folder.mkdir(parents=True, exist_ok=True)

    def shard(seed: int) -> None:
        path = folder / f"shard_{seed}.npz"
        for _ in range(3):
            if path.exists() or _spawn("corpus", str(path), str(seed), str(_SENTENCES_PER_SHARD)) == 0:
                return

    with ThreadPoolExecutor(_PROCESSES) as pool:
        list(tqdm(pool.map(shard, range(100, 100 + shards)), total=shards, desc="corpus"))


def train(folder: Path, checkpoint: Path, epochs: float, minutes: float) -> None:
    """Train in one process on a GPU, else in two; a finished checkpoint is kept."""
    import torch

    done = checkpoint.with_suffix(".done")
    if done.exists():
        return
    checkpoint.with_suffix(".meeting").unlink(missing_ok=True)
    arguments = (str(folder), str(checkpoint), str(epochs), str(minutes))
    world = 1 if torch.cuda.is_available() else _TRAINERS
    with ThreadPoolExecutor(world) as pool:
        ranks = [pool.submit(_spawn, "tdnn", *arguments, RANK=str(r), WORLD=str(world)) for r in range(world)]
    if any(rank.result() for rank in ranks):
        raise SystemExit("training stopped with an error; run it again to go on from the corpus")
    done.touch()


def _look_for_tools() -> None:
    """Say at once what would be missing after an hour."""
    missing = [] if shutil.which("fstconvert") else ["libfst-tools"]
    missing += ["libfst22-plugins-base"] if LOOK_AHEAD is None else []
    missing += [] if ctypes.util.find_library("espeak-ng") else ["espeak-ng"]
    if missing:
        raise SystemExit(f"the recipe needs programs that are not installed: apt-get install {' '.join(missing)}")


def main() -> None:
    """Run one step, or all."""
    parser = argparse.ArgumentParser(prog="python -m ivr.speech.training", description=__doc__)
    parser.add_argument("step", choices=("make", "graph", "tones", "ends", "evaluate"))
    parser.add_argument("out", type=Path)
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "ivr-speech-model")
    parser.add_argument("--nlu-data", type=Path, default=Path("nlu_data"))
    parser.add_argument("--minutes", type=float, default=40, help="longest training; the corpus takes about a third as long")
    parser.add_argument("--epochs", type=float, default=20)
    parser.add_argument("--shards", type=int, default=_SHARDS)
    parser.add_argument("--show", type=int, default=0, help="evaluate: print so many wrong sentences")
    parser.add_argument("--per-category", type=int, default=25)
    chosen = parser.parse_args()
    if chosen.step == "evaluate":
        from ivr.speech.training.evaluate import evaluate

        print(evaluate(chosen.out, chosen.nlu_data, chosen.per_category, show=chosen.show))
        return
    if chosen.step == "ends":
        from ivr.speech.training.ends import make_ends

        print(f"ends of sentences: {make_ends(chosen.nlu_data, chosen.out)} weights")
        return
    _look_for_tools()
    if chosen.step == "tones":
        _tones(chosen.out, chosen.work)
        return
    from ivr.speech.training.export import export_graph, export_network

    if chosen.step == "make":
        make_corpus(chosen.work / "corpus", chosen.shards)
        train(chosen.work / "corpus", chosen.work / "network.pt", chosen.epochs, chosen.minutes)
        export_network(chosen.work / "network.pt", chosen.out)
    print(f"graph of {export_graph(chosen.nlu_data, chosen.out)} words")
    if chosen.step == "make":
        _tones(chosen.out, chosen.work)


def _tones(out: Path, work: Path) -> None:
    from ivr.speech.training.tones import make_tones

    print(f"tones of {make_tones(out, work)} signs")


if __name__ == "__main__":
    main()
