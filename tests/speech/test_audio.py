"""Telephone audio: A-law, loudness, silence, WAV files of all kinds."""

import contextlib
import io
import struct
import wave

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.speech import audio
from ivr.speech.errors import AudioFormatUnsupported
from tests.fakes.voices import tone


def wav(pcm, *, rate=8000, channels=1, width=2):
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(channels)
        writer.setsampwidth(width)
        writer.setframerate(rate)
        writer.writeframes(pcm)
    return file.getvalue()


def rms_dbfs(pcm):
    samples = np.frombuffer(pcm, "<i2").astype(float)
    return 10 * np.log10(np.mean(samples**2) / 32768**2)


class TestAlaw:
    # (sample, code) of ITU-T G.711, table 1a: the ends of segments, both signs, zero
    @pytest.mark.parametrize(
        ("sample", "code"),
        [(0, 0xD5), (-1, 0x55), (16, 0xD4), (511, 0xCA), (512, 0xF5), (-512, 0x4A), (1024, 0xE5), (32767, 0xAA), (-32768, 0x2A)],
    )
    def test_known_samples_have_the_codes_of_the_standard(self, sample, code):
        assert audio.pcm_to_alaw(struct.pack("<h", sample))[0] == code

    def test_every_code_comes_back_as_itself(self):
        codes = bytes(range(256))
        assert audio.pcm_to_alaw(audio.alaw_to_pcm(codes)) == codes

    @given(st.lists(st.integers(-32768, 32767), min_size=1, max_size=64))
    def test_a_sample_comes_back_within_its_step(self, samples):
        pcm = np.array(samples, "<i2").tobytes()
        back = np.frombuffer(audio.alaw_to_pcm(audio.pcm_to_alaw(pcm)), "<i2").astype(int)
        error = np.abs(back - np.array(samples))
        assert (error <= np.maximum(np.abs(samples) / 24, 8)).all()

    def test_half_a_sample_is_dropped(self):
        assert audio.pcm_to_alaw(b"\0\0\0") == b"\xd5"


class TestLevel:
    @pytest.mark.parametrize("size", [0.01, 0.1, 0.3])
    def test_speech_is_brought_to_one_loudness(self, size):
        assert rms_dbfs(audio.level(tone(0.5, size=size))) == pytest.approx(-20, abs=0.2)

    def test_pauses_do_not_count(self):
        levelled = audio.level(tone(0.5, size=0.05) + audio.silence(2))
        assert audio.loudness_dbfs(levelled) == pytest.approx(-20, abs=0.3)

    def test_a_peak_is_never_clipped(self):
        click = bytearray(tone(0.5, size=0.01))
        click[4000:4002] = struct.pack("<h", 30000)
        levelled = np.frombuffer(audio.level(bytes(click), dbfs=-3), "<i2")
        assert np.abs(levelled).max() <= 32000

    def test_silence_stays_silent(self):
        assert audio.level(audio.silence(0.1)) == audio.silence(0.1)
        assert audio.level(b"") == b""


class TestEdges:
    def test_silence_at_both_ends_is_cut_but_for_a_breath(self):
        pcm = audio.trim_silence(audio.silence(0.5) + tone(0.4) + audio.silence(0.7))
        assert audio.seconds_of(pcm) == pytest.approx(0.47, abs=0.02)

    def test_silence_alone_becomes_empty(self):
        assert audio.trim_silence(audio.silence(1)) == b""
        assert audio.trim_silence(b"") == b""

    def test_a_fade_begins_and_ends_at_zero_and_leaves_the_middle(self):
        faded = np.frombuffer(audio.fade(tone(0.2, hertz=1000)), "<i2")
        plain = np.frombuffer(tone(0.2, hertz=1000), "<i2")
        assert abs(int(faded[0])) == 0
        assert abs(int(faded[-1])) < 50
        assert (faded[100:-100] == plain[100:-100]).all()

    @pytest.mark.parametrize("pcm", [b"", b"\1\0", b"\1\0\2\0"])
    def test_next_to_nothing_can_be_faded(self, pcm):
        assert len(audio.fade(pcm)) == len(pcm)


class TestWav:
    def test_what_was_written_is_read(self):
        assert audio.read_wav(audio.write_wav(tone(0.1))) == tone(0.1)

    def test_a_file_is_read_by_its_path(self, tmp_path):
        path = tmp_path / "a.wav"
        path.write_bytes(audio.write_wav(tone(0.1)))
        assert audio.read_wav(path) == tone(0.1)

    @pytest.mark.parametrize("rate", [16000, 22050, 44100, 48000])
    def test_another_rate_is_resampled(self, rate):
        at = np.arange(rate) / rate
        pcm = np.rint(np.sin(2 * np.pi * 440 * at) * 8000).astype("<i2").tobytes()
        read = audio.read_wav(wav(pcm, rate=rate))
        assert audio.seconds_of(read) == pytest.approx(1, abs=0.001)
        assert rms_dbfs(read) == pytest.approx(rms_dbfs(pcm), abs=0.1)

    def test_what_the_telephone_cannot_carry_is_filtered_not_folded(self):
        at = np.arange(48000) / 48000
        hiss = np.rint(np.sin(2 * np.pi * 6000 * at) * 16000).astype("<i2").tobytes()
        assert rms_dbfs(audio.read_wav(wav(hiss, rate=48000))) < -55

    def test_stereo_is_mixed_down(self):
        left, right = np.full(800, 1000, "<i2"), np.full(800, 3000, "<i2")
        both = np.stack([left, right], axis=1).astype("<i2").tobytes()
        assert set(np.frombuffer(audio.read_wav(wav(both, channels=2)), "<i2")) == {2000}

    @pytest.mark.parametrize(
        ("data", "says"),
        [
            (b"", "not a WAV file"),
            (b"ID3\4" + bytes(60), "not a WAV file"),
            (wav(bytes(800), width=1), "8-bit"),
            (wav(bytes(600), width=3), "24-bit"),
            (wav(b""), "without audio"),
            (wav(tone(0.1))[:400], "cut off"),
            (wav(tone(0.1))[:30], "cut off"),
        ],
    )
    def test_what_cannot_be_used_says_what_it_is_and_what_is_wanted(self, data, says):
        with pytest.raises(AudioFormatUnsupported, match=says) as caught:
            audio.read_wav(data)
        assert "wanted is WAV, 16-bit PCM" in str(caught.value)
        assert caught.value.code == "audio_format_unsupported"

    def test_float_samples_are_refused(self):
        body = np.zeros(100, "<f4").tobytes()
        head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(body), b"WAVE", b"fmt ", 16, 3, 1, 8000, 32000, 4, 32, b"data", len(body))
        with pytest.raises(AudioFormatUnsupported):
            audio.read_wav(head + body)

    @given(st.binary(max_size=200), st.integers(0, 60))
    def test_no_bytes_at_all_break_the_reader(self, noise, kept):
        with contextlib.suppress(AudioFormatUnsupported):
            audio.read_wav(wav(tone(0.01))[:kept] + noise)
