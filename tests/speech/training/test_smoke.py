"""The whole recipe once, small: spoken, trained, exported, loaded by Vosk. Only where the training group is installed."""

import ctypes.util
import re
import shutil

import pytest

from ivr.settings import Settings

pytest.importorskip("torch")
pytest.importorskip("kaldi_native_fbank")
pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.skipif(ctypes.util.find_library("espeak-ng") is None, reason="espeak-ng is not installed"),
]


async def test_from_nothing_to_an_ear_that_hears(tmp_path, capsys):
    from ivr.speech.audio import silence
    from ivr.speech.pyttsx import PyttsxSynthesizer
    from ivr.speech.training.corpus import make_shard
    from ivr.speech.training.export import export_network
    from ivr.speech.training.tdnn import train
    from ivr.speech.vosk import VoskEar

    corpus, model = tmp_path / "work" / "corpus", tmp_path / "model"
    corpus.mkdir(parents=True)
    make_shard(corpus / "shard_100.npz", 100, 300)
    assert [path.name for path in corpus.iterdir()] == ["shard_100.npz"]

    train(corpus, tmp_path / "network.pt", epochs=30, minutes=1.0)
    told = capsys.readouterr().out
    right = [float(each) for each in re.findall(r"frames right ([0-9.]+)", told)]
    assert right[-1] > max(0.3, right[0] + 0.1), told

    shutil.copytree(Settings.model_fields["speech_model"].default / "graph", model / "graph")
    export_network(tmp_path / "network.pt", model)
    synthesizer, ear = PyttsxSynthesizer(), VoskEar(model)
    recognizer = ear.open()
    await recognizer.start()
    await recognizer.accept(silence(0.3) + await synthesizer.say("我要挪车") + silence(0.3))
    heard = await recognizer.finish()
    await synthesizer.close()
    ear.close()
    assert heard.text, "after a minute it hears something, if not yet the right thing"
