"""`python -m ivr.speech.training [make|graph|evaluate|heard] ...`: the whole recipe, resumable.

make OUT     corpus, training, network and graph into the folder OUT (about two hours on two cores)
graph OUT    only the graph again, after sentences changed
evaluate OUT the table of what the model hears
heard OUT    nlu_data/heard again: what the model makes of the dialogue's sentences (about ten minutes)
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

_SHARDS, _SENTENCES_PER_SHARD = 50, 1500
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


def make_heard(model: Path, nlu_data: Path, work: Path) -> int:
    """Write nlu_data/heard, which the dialogue is trained on; the number of examples."""
    from ivr.speech.training import heard
    from ivr.speech.training.sentences import written_examples

    folder = work / f"heard-{heard.fingerprint(model, nlu_data)}"
    heard.make_ear(model, folder / "ear")

    def shard(number: int) -> Path:
        path = folder / f"shard_{number}.json"
        for _ in range(3):
            arguments = (str(path), str(number), str(heard.SHARDS), str(folder / "ear"), str(nlu_data))
            if path.exists() or _spawn("heard", *arguments) == 0:
                return path
        raise SystemExit("a part of the sentences could not be heard; run it again to go on")

    with ThreadPoolExecutor(_PROCESSES) as pool:
        shards = list(tqdm(pool.map(shard, range(heard.SHARDS)), total=heard.SHARDS, desc="heard"))
    kept_out = frozenset(text for _, text in written_examples(nlu_data, "heldout/*.yml"))
    found = list(heard.misheard((each for path in shards for each in heard.read_shard(path)), kept_out))
    (nlu_data / "heard").mkdir(exist_ok=True)
    (nlu_data / "heard" / "sentences.yml").write_text(heard.as_training_data(found), "utf-8")
    return len(found)


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
    parser.add_argument("step", choices=("make", "graph", "evaluate", "heard"))
    parser.add_argument("out", type=Path)
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "ivr-speech-model")
    parser.add_argument("--nlu-data", type=Path, default=Path("nlu_data"))
    parser.add_argument("--minutes", type=float, default=60, help="longest training; the corpus takes about ten minutes more")
    parser.add_argument("--epochs", type=float, default=20)
    parser.add_argument("--shards", type=int, default=_SHARDS)
    parser.add_argument("--show", type=int, default=0, help="evaluate: print so many wrong sentences")
    parser.add_argument("--per-category", type=int, default=25)
    chosen = parser.parse_args()
    if chosen.step == "evaluate":
        from ivr.speech.training.evaluate import evaluate

        print(evaluate(chosen.out, chosen.nlu_data, chosen.per_category, show=chosen.show))
        return
    _look_for_tools()
    if chosen.step == "heard":
        print(f"{make_heard(chosen.out, chosen.nlu_data, chosen.work)} examples were heard in other words")
        return
    from ivr.speech.training.export import export_graph, export_network

    if chosen.step == "make":
        make_corpus(chosen.work / "corpus", chosen.shards)
        train(chosen.work / "corpus", chosen.work / "network.pt", chosen.epochs, chosen.minutes)
        export_network(chosen.work / "network.pt", chosen.out)
    print(f"graph of {export_graph(chosen.nlu_data, chosen.out)} words")


if __name__ == "__main__":
    main()
