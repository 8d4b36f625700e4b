"""Recordings, cache, memory: which audio a sentence gets, and what never stops it."""

import logging
import os

import pytest

from ivr.speech import audio
from ivr.speech.errors import SynthesisFailed, VoiceMissing
from ivr.speech.phrases import PhraseBook
from tests.fakes.voices import ToneVoice, tone


@pytest.fixture
def voice():
    return ToneVoice()


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "cache"


def files(folder):
    return sorted(folder.glob("*")) if folder.exists() else []


class TestCache:
    async def test_a_fixed_phrase_is_rendered_once_for_all_processes(self, voice, folder):
        first = await PhraseBook(voice, cache_dir=folder).audio("您好", "greeting")
        again = await PhraseBook(voice, cache_dir=folder).audio("您好", "greeting")
        assert first == again == tone(0.1)
        assert voice.said == ["您好"]

    async def test_another_text_or_voice_is_another_file(self, voice, folder):
        await PhraseBook(voice, cache_dir=folder).audio("您好", "greeting")
        await PhraseBook(voice, cache_dir=folder).audio("您好啊", "greeting")
        await PhraseBook(ToneVoice("tone@2"), cache_dir=folder).audio("您好", "greeting")
        assert len(files(folder)) == 3

    async def test_a_personal_sentence_never_reaches_the_disk(self, voice, folder):
        book = PhraseBook(voice, cache_dir=folder)
        assert await book.audio("苏B一二三四五") == await book.audio("苏B一二三四五")
        assert voice.said == ["苏B一二三四五"]
        assert files(folder) == []

    async def test_no_name_on_disk_tells_the_text(self, voice, folder):
        await PhraseBook(voice, cache_dir=folder).audio("您好", "greeting")
        (path,) = files(folder)
        assert len(path.stem) == 64

    @pytest.mark.parametrize("damage", [b"", b"RIFF", b"junk" * 30])
    async def test_a_damaged_file_is_rendered_again(self, voice, folder, damage):
        await PhraseBook(voice, cache_dir=folder).audio("您好", "greeting")
        (path,) = files(folder)
        path.write_bytes(damage)
        assert await PhraseBook(voice, cache_dir=folder).audio("您好", "greeting") == tone(0.1)
        assert audio.read_wav(path) == tone(0.1)

    async def test_a_cache_that_cannot_be_written_is_told_once_and_speaking_goes_on(self, voice, folder, caplog):
        folder.write_text("a file where the folder should be")
        book = PhraseBook(voice, cache_dir=folder)
        assert await book.audio("您好", "greeting") == tone(0.1)
        assert await book.audio("再见", "goodbye") == tone(0.1)
        assert len([r for r in caplog.records if r.levelno == logging.WARNING]) == 1

    async def test_the_longest_unused_go_when_the_cache_is_full(self, voice, folder):
        book = PhraseBook(voice, cache_dir=folder, max_cache_bytes=4000)
        for at, text in enumerate(("一句", "两句", "三句")):
            await book.audio(text, f"phrase_{at}")
            for path in files(folder):
                os.utime(path, ns=(path.stat().st_mtime_ns - 10**9,) * 2)
        assert sum(path.stat().st_size for path in files(folder)) <= 4000
        assert len(files(folder)) == 2
        await PhraseBook(voice, cache_dir=folder).audio("三句", "phrase_2")
        assert voice.said == ["一句", "两句", "三句"]

    async def test_memory_is_bounded(self, voice, folder, monkeypatch):
        monkeypatch.setattr("ivr.speech.phrases._MEMORY_BYTES", 3000)
        book = PhraseBook(voice, cache_dir=folder)
        for text in ("一句", "两句", "三句", "一句"):
            await book.audio(text)
        assert voice.said == ["一句", "两句", "三句", "一句"]


class TestRecordings:
    @pytest.fixture
    def studio(self, tmp_path):
        folder = tmp_path / "studio"
        folder.mkdir()
        return folder

    async def test_a_recording_wins_at_the_common_loudness(self, voice, folder, studio):
        (studio / "greeting.wav").write_bytes(audio.write_wav(audio.silence(0.5) + tone(0.6, size=0.9)))
        pcm = await PhraseBook(voice, cache_dir=folder, recordings_dir=studio).audio("您好", "greeting")
        assert audio.loudness_dbfs(pcm) == pytest.approx(-20, abs=0.3)
        assert audio.seconds_of(pcm) == pytest.approx(0.61, abs=0.03)
        assert voice.said == []

    async def test_a_broken_recording_is_told_once_and_the_voice_speaks(self, voice, folder, studio, caplog):
        (studio / "greeting.wav").write_bytes(b"ID3 music")
        book = PhraseBook(voice, cache_dir=folder, recordings_dir=studio)
        assert await book.audio("您好", "greeting") == tone(0.1)
        await book.audio("您好呀", "greeting")
        assert [r.getMessage() for r in caplog.records] == [
            "the recording greeting.wav is not used: the audio is not a WAV file; wanted is WAV, 16-bit PCM, best 8000 Hz mono"
        ]

    async def test_a_silent_recording_is_not_played(self, voice, folder, studio):
        (studio / "greeting.wav").write_bytes(audio.write_wav(audio.silence(1)))
        assert await PhraseBook(voice, cache_dir=folder, recordings_dir=studio).audio("您好", "greeting") == tone(0.1)

    @pytest.mark.parametrize("phrase_id", ["../greeting", "/greeting", "a/../../greeting", "", "..", "gre\0eting"])
    async def test_an_id_that_is_a_path_opens_no_file(self, voice, folder, studio, phrase_id):
        (studio.parent / "greeting.wav").write_bytes(audio.write_wav(tone(1)))
        book = PhraseBook(voice, cache_dir=folder, recordings_dir=studio)
        assert await book.audio("您好", phrase_id) == tone(0.1)


class TestFailing:
    async def test_what_fails_is_not_remembered(self, voice, folder):
        book = PhraseBook(voice, cache_dir=folder)
        voice.failing = SynthesisFailed("no answer")
        with pytest.raises(SynthesisFailed):
            await book.audio("您好", "greeting")
        voice.failing = None
        assert await book.audio("您好", "greeting") == tone(0.1)

    async def test_prerendering_goes_on_after_one_that_fails_and_tells_how_far_it_is(self, voice, folder):
        voice.failing = SynthesisFailed("no answer")
        steps = []
        book = PhraseBook(voice, cache_dir=folder)
        await book.prerender(iter([("a", "一"), ("b", "二")]), lambda done, whole: steps.append((done, whole)))
        assert steps == [(1, 2), (2, 2)]

    async def test_prerendering_says_when_there_is_no_voice(self, voice, folder):
        voice.failing = VoiceMissing("not installed")
        with pytest.raises(VoiceMissing):
            await PhraseBook(voice, cache_dir=folder).prerender([("a", "一")], lambda done, whole: None)

    async def test_nothing_to_say_is_not_kept(self, voice, folder):
        assert await PhraseBook(voice, cache_dir=folder).audio("", "nothing") == b""
        assert files(folder) == []
