"""The mouth: the real voice, and engines that hang, die or talk nonsense."""

import asyncio
import subprocess
import sys

import pytest

from ivr.speech import audio
from ivr.speech.errors import SynthesisFailed, VoiceMissing
from ivr.speech.pyttsx import PyttsxSynthesizer

READS = "import sys, struct, time\nout = sys.stdout.buffer\nfor line in sys.stdin.buffer:\n"


def engine(body):
    return PyttsxSynthesizer(worker=(sys.executable, "-c", READS + body))


class TestRealVoice:
    async def test_a_sentence_is_telephone_audio_of_the_common_loudness(self, spoken):
        pcm = spoken["再说一遍"][4800:-6400]
        assert 0.7 < audio.seconds_of(pcm) < 2
        assert audio.loudness_dbfs(pcm) == pytest.approx(-20, abs=0.3)
        assert audio.seconds_of(audio.trim_silence(pcm)) == pytest.approx(audio.seconds_of(pcm), abs=0.03)

    async def test_an_unknown_voice_is_missing(self, spoken, monkeypatch):
        monkeypatch.setattr("ivr.speech.pyttsx.VOICE", "no-such-voice")
        voice = PyttsxSynthesizer()
        with pytest.raises(VoiceMissing, match="apt-get install espeak-ng"):
            await voice.say("您好")
        await voice.close()

    async def test_nothing_to_say_needs_no_engine(self):
        assert await PyttsxSynthesizer(worker=("no-such-program",)).say("……") == b""

    def test_voice_and_pace_name_the_cache(self):
        assert PyttsxSynthesizer(variant="f3", rate=150).voice != PyttsxSynthesizer().voice


class TestBrokenEngine:
    async def test_one_that_dies_with_a_sentence_is_followed_by_one_that_says_it(self, tmp_path):
        mark = tmp_path / "died"
        wav = audio.write_wav(b"\0\x20\0\xe0" * 2000)
        voice = engine(
            f"    import os\n    if not os.path.exists({str(mark)!r}):\n        open({str(mark)!r}, 'w')\n        os.abort()\n"
            f"    w = {wav!r}\n    out.write(struct.pack('>I', len(w)) + w); out.flush()\n"
        )
        assert audio.loudness_dbfs(await voice.say("您好")) == pytest.approx(-20, abs=0.5)
        assert mark.exists()
        await voice.close()

    async def test_one_that_died_between_sentences_costs_no_sentence(self):
        wav = audio.write_wav(b"\0\x20\0\xe0" * 2000)
        voice = engine(f"    w = {wav!r}\n    out.write(struct.pack('>I', len(w)) + w); out.flush()\n")
        await voice.say("您好")
        voice._process.kill()
        await voice._process.wait()
        assert await voice.say("您好")
        await voice.close()

    async def test_a_spare_engine_that_is_ready_takes_the_place_of_one_that_dies(self, tmp_path):
        """Each of these engines needs half a second to start; the sentence does not."""
        wav = audio.write_wav(b"\0\x20\0\xe0" * 2000)
        slow = f"import os, pathlib, time\ntime.sleep(0.5)\npathlib.Path({str(tmp_path)!r}, str(os.getpid())).touch()\n" + READS
        voice = PyttsxSynthesizer(
            worker=(sys.executable, "-c", slow + f"    w = {wav!r}\n    out.write(struct.pack('>I', len(w)) + w); out.flush()\n"),
            spare=True,
        )
        await voice.say("您好")
        for _ in range(2):
            async with asyncio.timeout(5):
                while not (tmp_path / str(voice._spare.pid)).exists():  # noqa: ASYNC110 - another process cannot set an event
                    await asyncio.sleep(0.02)
            voice._process.kill()
            await voice._process.wait()
            asked = asyncio.get_running_loop().time()
            assert await voice.say("您好")
            assert asyncio.get_running_loop().time() - asked < 0.4
        spare = voice._spare
        await voice.close()
        assert spare.returncode is not None

    async def test_a_sentence_that_kills_every_engine_is_given_up(self):
        voice = engine("    import os\n    os.abort()\n")
        with pytest.raises(SynthesisFailed):
            await voice.say("您好")
        await voice.close()

    async def test_one_that_hangs_in_mid_call_costs_the_caller_less_than_three_seconds(self, tmp_path):
        mark = tmp_path / "asked"
        wav = audio.write_wav(b"\0\x20\0\xe0" * 2000)
        voice = engine(
            f"    import os\n    open({str(mark)!r}, 'a').write('x')\n"
            f"    if os.path.getsize({str(mark)!r}) == 2: time.sleep(60)\n"
            f"    w = {wav!r}\n    out.write(struct.pack('>I', len(w)) + w); out.flush()\n"
        )
        await voice.say("您好")
        asked = asyncio.get_running_loop().time()
        assert await voice.say("您好")
        assert asyncio.get_running_loop().time() - asked < 3.0
        await voice.close()

    async def test_one_that_hangs_is_given_up_and_replaced(self, monkeypatch):
        monkeypatch.setattr("ivr.speech.pyttsx._FIRST_TIMEOUT_SECONDS", 0.2)
        monkeypatch.setattr("ivr.speech.pyttsx._RESTART_SECONDS", 0.2)
        voice = engine("    time.sleep(60)\n")
        with pytest.raises(SynthesisFailed, match="started again"):
            await voice.say("您好")
        assert voice._process is None

    @pytest.mark.parametrize("answer", ["struct.pack('>I', 0)", "struct.pack('>I', 4) + b'junk'"])
    async def test_one_that_gives_no_sound_fails(self, answer):
        voice = engine(f"    out.write({answer}); out.flush()\n")
        with pytest.raises(SynthesisFailed):
            await voice.say("您好")
        await voice.close()

    async def test_one_without_a_voice_says_what_to_install(self):
        voice = engine("    out.write(struct.pack('>I', 0xFFFFFFFF)); out.flush()\n")
        with pytest.raises(VoiceMissing, match="apt-get install espeak-ng"):
            await voice.say("您好")
        await voice.close()

    async def test_a_program_that_is_not_there_fails_as_synthesis(self):
        with pytest.raises(SynthesisFailed):
            await PyttsxSynthesizer(worker=("no-such-program",)).say("您好")


class TestPace:
    async def test_a_slow_stretch_takes_longer_and_is_as_loud(self):
        voice = PyttsxSynthesizer()
        usual, slow = await voice.say("苏B，一二三，四五"), await voice.say("<slow>苏B，一二三，四五</slow>")
        await voice.close()
        assert audio.seconds_of(slow) > 1.15 * audio.seconds_of(usual)
        assert audio.loudness_dbfs(slow) == pytest.approx(audio.loudness_dbfs(usual), abs=0.5)

    async def test_the_first_sentence_of_an_engine_has_the_pace_of_all(self):
        first = []
        for _ in range(4):
            voice = PyttsxSynthesizer()
            first.append((audio.seconds_of(await voice.say("停在门口")), audio.seconds_of(await voice.say("停在门口"))))
            await voice.close()
        assert all(one == pytest.approx(other, abs=0.03) for one, other in first), first

    def test_an_engine_takes_voice_and_rate_before_its_first_sentence(self):
        tried = "from ivr.speech.pyttsx_worker import start_engine\nengine = start_engine()\nprint(engine and engine.isBusy())"
        busy = subprocess.run([sys.executable, "-c", tried], capture_output=True, text=True, check=True).stdout.split()[-1]
        if busy == "None":
            pytest.skip("NO VOICE: espeak-ng is not installed")
        assert busy == "False", "a busy engine keeps them for later"

    async def test_after_a_slow_sentence_the_next_has_its_own_pace(self):
        voice = PyttsxSynthesizer()
        seconds = [audio.seconds_of(await voice.say(text)) for text in ("四五六七", "<slow>四五六七</slow>", "四五六七", "四五六七")]
        await voice.close()
        assert seconds[1] > 1.15 * seconds[0]
        assert seconds[2:] == pytest.approx(seconds[:1] * 2, abs=0.05)

    async def test_a_pause_is_silence_of_that_length(self):
        voice = PyttsxSynthesizer()
        without, with_pause = await voice.say("<slow>四五</slow>对吗？"), await voice.say("<slow>四五</slow><pause 0.5>对吗？")
        await voice.close()
        assert audio.seconds_of(with_pause) - audio.seconds_of(without) == pytest.approx(0.5, abs=0.01)

    async def test_the_sign_between_two_paces_is_heard_as_a_pause(self):
        voice = PyttsxSynthesizer()
        run_on, apart = await voice.say("<slow>四五</slow>停在门口"), await voice.say("<slow>四五，</slow>停在门口")
        nothing = await voice.say("<slow>，</slow>停在门口")
        await voice.close()
        assert audio.seconds_of(apart) - audio.seconds_of(run_on) == pytest.approx(0.16, abs=0.1)
        assert audio.seconds_of(nothing) == pytest.approx(audio.seconds_of(await _once("停在门口")), abs=0.02)


async def _once(text):
    voice = PyttsxSynthesizer()
    pcm = await voice.say(text)
    await voice.close()
    return pcm
