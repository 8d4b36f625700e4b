"""The parts that need the `training` group; skipped where it is not installed."""

import ctypes.util

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


def test_a_mobile_phones_coder_keeps_speech_and_its_loudness():
    from ivr.speech.training.augment import rms, through_coder

    g = np.random.default_rng(1)
    seconds = np.arange(8000) / 8000
    voice = sum(2000 / k * np.sin(2 * np.pi * 150 * k * seconds) for k in range(1, 15)) + 20 * g.standard_normal(8000)
    heard = through_coder(voice, 6)
    assert len(heard) == len(voice)
    assert 0.2 < rms(heard) / rms(voice) < 1.3
    assert np.corrcoef(heard, voice)[0, 1] > 0.5


@pytest.mark.parametrize("kind", ["white", "pink", "brown", "babble", "car", "hum", "street"])
def test_every_noise_and_key_tone_has_the_wanted_length(kind):
    from ivr.speech.training.augment import key_tones, noise

    g = np.random.default_rng(1)
    voices = [g.standard_normal(3000)]
    assert noise(kind, 5000, g, voices).shape == (5000,)
    assert np.abs(key_tones(5000, g)).max() <= 1


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


def test_shards_that_come_while_it_trains_join_at_the_next_epoch(tmp_path):
    from ivr.speech.training.features import BINS
    from ivr.speech.training.shards import Shards
    from ivr.speech.training.tdnn import _epochs

    def shard(number, sentences):
        np.savez(
            tmp_path / f"shard_{number}.npz", features=np.zeros((sentences * 160, BINS), np.float16),
            labels=np.zeros(sentences * 160, np.uint8), offsets=np.arange(sentences + 1) * 160,
        )

    shard(1, 170)
    batches = _epochs(Shards(tmp_path), tmp_path, 4, np.random.default_rng(1))
    assert len(next(batches)[0].offsets) == 171
    shard(2, 5)
    assert any(len(known.offsets) == 176 for known, _ in (next(batches) for _ in range(20)))


def test_too_little_to_train_on_is_told_at_once(tmp_path):
    from ivr.speech.training.features import BINS
    from ivr.speech.training.tdnn import train

    np.savez(
        tmp_path / "shard_1.npz", features=np.zeros((600, BINS), np.float16), labels=np.zeros(600, np.uint8),
        offsets=np.arange(11) * 60,
    )
    with pytest.raises(ValueError, match="too few sentences"):
        train(tmp_path, tmp_path / "network.pt", epochs=1, minutes=1)


def test_a_tone_is_found_again_among_voices_that_do_what_no_other_does():
    from ivr.speech.training.tones import _PEOPLE_VARY, fit

    g = np.random.default_rng(1)
    usual = g.normal((0.1, -0.2, 0.0), (0.05, 0.05, 0.05), (2000, 3))
    odd = g.uniform(-1, 1, (60, 3))
    mean, scale = fit(list(np.concatenate([usual, odd])))
    assert mean == pytest.approx([0.1, -0.2, 0.0], abs=0.01)
    spread = np.sqrt(np.diag(scale))
    assert (spread > _PEOPLE_VARY).all()
    assert (spread < 0.1).all()


def test_signs_are_said_in_their_tones_and_letters_in_two():
    from ivr.speech.training.tones import ways

    table = ways()
    assert table["津"] == {"1": 1.0}
    assert table["晋"] == {"4": 1.0}
    assert table["E"] == {"4": 0.75, "1": 0.25}
    assert table["一"] == {"1": 1.0}
    assert "W" not in table, "three syllables have no one melody"


@pytest.mark.skipif(ctypes.util.find_library("espeak-ng") is None, reason="espeak-ng is not installed")
def test_the_table_of_tones_is_made_of_lines_that_the_ear_takes_apart(tmp_path):
    from ivr.settings import Settings
    from ivr.speech.tones import FILE, load_tones
    from ivr.speech.training.tones import make_tones

    model = tmp_path / "model"
    model.mkdir()
    for source in Settings.model_fields["speech_model"].default.iterdir():
        if source.name != FILE:
            (model / source.name).symlink_to(source)
    assert make_tones(model, tmp_path / "work", count=200) > 400
    made = load_tones(model / FILE)
    rise = {name: tone.mean[1] for name, tone in made.tones.items()}
    assert rise["2"] > rise["1"] > rise["4"]


def test_where_sentences_end_is_learned_twice_alike(tmp_path):
    from ivr.speech.sentence_ends import sentence_ends
    from ivr.speech.training.ends import make_ends

    (tmp_path / "intents").mkdir()
    (tmp_path / "intents" / "some.yml").write_text(
        'version: "3.1"\nnlu:\n- intent: papers\n  examples: |\n' + "".join(f"    - 我要补{what}\n" for what in ("号牌", "行驶证") * 30)
    )
    first, second = tmp_path / "1.tsv", tmp_path / "2.tsv"
    assert make_ends(tmp_path, first, generated=300) == make_ends(tmp_path, second, generated=300) > 20
    assert first.read_bytes() == second.read_bytes()
    ends = sentence_ends(first)
    assert ends.likelihood("我要补") < 0.5 < ends.likelihood("我要补行驶证")
