"""The parts that need the `training` group; skipped where it is not installed."""

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("kaldi_native_fbank")
pytest.importorskip("scipy")


def test_telephone_audio_keeps_its_labels_in_step():
    from ivr.speech.training.augment import telephone, through_alaw
    from ivr.speech.training.corpus import frame_labels

    g = np.random.default_rng(1)
    speech = 8000 * np.sin(np.arange(8000) / 5)
    line, moved = telephone(speech, [(0.0, 8000.0, 7)], g, [])
    assert line.dtype == np.float32
    labels = frame_labels(moved, len(line) // 80)
    assert 90 <= int((labels == 7).sum()) <= 101
    assert np.abs(through_alaw(speech) - speech).max() < 400


def test_features_are_those_of_the_models_configuration():
    from ivr.speech.training.features import BINS, FBANK_CONF, fbank

    frames = fbank(np.zeros(8000, np.float32))
    assert frames.shape == (98, BINS)
    assert f"--num-mel-bins={BINS}" in FBANK_CONF


def test_a_little_training_writes_a_checkpoint_that_becomes_kaldis_model(tmp_path, capsys):
    from ivr.speech.training.export import export_network
    from ivr.speech.training.features import BINS
    from ivr.speech.training.tdnn import train
    from ivr.speech.training.units import STATE_COUNT

    g = np.random.default_rng(1)
    sentences, length = 230, 160
    np.savez(
        tmp_path / "shard_1.npz", features=g.standard_normal((sentences * length, BINS)).astype(np.float16),
        labels=g.integers(0, STATE_COUNT, sentences * length).astype(np.uint8), offsets=np.arange(sentences + 1) * length,
    )
    train(tmp_path, tmp_path / "network.pt", epochs=0.01, minutes=0.05)
    assert "100% step" in capsys.readouterr().out
    export_network(tmp_path / "network.pt", tmp_path / "model")
    assert (tmp_path / "model" / "am" / "final.mdl").stat().st_size > 1_000_000


def test_too_little_to_train_on_is_told_at_once(tmp_path):
    from ivr.speech.training.features import BINS
    from ivr.speech.training.tdnn import train

    np.savez(
        tmp_path / "shard_1.npz", features=np.zeros((600, BINS), np.float16), labels=np.zeros(600, np.uint8),
        offsets=np.arange(11) * 60,
    )
    with pytest.raises(ValueError, match="too few sentences"):
        train(tmp_path, tmp_path / "network.pt", epochs=1, minutes=1)
