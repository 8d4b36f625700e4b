"""The ear with the shipped model: what it hears, models that cannot be used, utterances that end badly."""

import asyncio
import itertools
import os
import shutil
import threading

import pytest

from ivr.speech.errors import ModelBroken, ModelMissing, RecognizerLost
from ivr.speech.recognizer import Recognition
from ivr.speech.vosk import VoskEar, check_model

CHUNK = 960


@pytest.fixture
def recognizer(ear):
    recognizer = ear.open()
    yield recognizer
    recognizer.close()


async def feed(recognizer, pcm):
    partial = ""
    for at in range(0, len(pcm), CHUNK):
        partial = await recognizer.accept(pcm[at : at + CHUNK])
    return partial


async def hear(recognizer, pcm, phrases=()):
    await recognizer.start(phrases=phrases)
    await feed(recognizer, pcm)
    return await recognizer.finish()


class TestHearing:
    async def test_a_sentence_with_its_words_and_a_partial_text_on_the_way(self, recognizer, spoken):
        await recognizer.start()
        partial = await feed(recognizer, spoken["再说一遍"])
        found = await recognizer.finish()
        assert partial == found.text == "再说一遍"
        assert "".join(word.text for word in found.hypotheses[0].words) == found.text
        assert 0 < found.hypotheses[0].confidence <= 1

    async def test_word_times_begin_anew_with_each_utterance(self, recognizer, spoken):
        starts = [(await hear(recognizer, spoken["转人工"])).hypotheses[0].words[0].start_seconds for _ in range(3)]
        assert starts == [pytest.approx(0.3, abs=0.1)] * 3

    async def test_an_utterance_that_was_dropped_leaves_nothing_in_the_next(self, recognizer, spoken):
        await recognizer.start()
        await feed(recognizer, spoken["预约科目二考试"])
        assert (await hear(recognizer, spoken["转人工"])).text == "转人工"

    async def test_silence_is_nothing_heard(self, recognizer):
        assert await hear(recognizer, bytes(16000)) == Recognition()

    async def test_no_audio_at_all_is_nothing_heard(self, recognizer):
        assert await hear(recognizer, b"") == Recognition()

    async def test_calls_at_the_same_time_do_not_mix(self, ear, spoken):
        texts = ["再说一遍", "转人工", "好的", "预约科目二考试"] * 2
        recognizers = [ear.open() for _ in texts]
        found = await asyncio.gather(*(hear(r, spoken[text]) for r, text in zip(recognizers, texts, strict=True)))
        assert [recognition.text for recognition in found] == texts


class TestPhrases:
    PHRASES = ("是", "不是", "好", "好的", "转人工")

    @pytest.mark.parametrize("text", ["不是", "好的", "转人工"])
    async def test_one_of_the_phrases(self, recognizer, spoken, text):
        assert (await hear(recognizer, spoken[text], self.PHRASES)).text == text

    async def test_something_else_is_unknown_even_when_it_ends_like_a_phrase(self, recognizer, spoken):
        assert "[unk]" in (await hear(recognizer, spoken["预约科目二考试"], self.PHRASES)).text

    async def test_the_full_model_hears_again_after_a_grammar(self, recognizer, spoken):
        await hear(recognizer, spoken["好的"], self.PHRASES)
        assert (await hear(recognizer, spoken["再说一遍"])).text == "再说一遍"

    def test_phrases_are_cut_into_the_longest_known_words(self, ear):
        assert ear.grammar(("转人工", "不是车")) == '["转人工", "不是 车", "[unk]"]'

    def test_a_phrase_the_model_cannot_hear_is_left_out_and_reported(self, ear, caplog):
        assert ear.unknown(("好的", "好§")) == ("好§",)
        assert ear.grammar(("好的", "好§")) == '["好的", "[unk]"]'
        assert [record.args for record in caplog.records] == [(1,)]


class TestLosing:
    async def test_audio_before_any_start_is_refused(self, recognizer):
        with pytest.raises(RecognizerLost):
            await recognizer.accept(bytes(320))

    async def test_an_utterance_ends_once(self, recognizer):
        await hear(recognizer, bytes(320))
        with pytest.raises(RecognizerLost):
            await recognizer.finish()

    async def test_a_closed_recognizer_is_lost(self, ear):
        recognizer = ear.open()
        await recognizer.start()
        recognizer.close()
        recognizer.close()
        for work in (recognizer.start(), recognizer.accept(bytes(320)), recognizer.finish()):
            with pytest.raises(RecognizerLost):
                await work

    async def test_a_closed_ear_loses_its_recognizers(self, model):
        ear = VoskEar(model, threads=1)
        recognizer = ear.open()
        ear.close()
        with pytest.raises(RecognizerLost):
            await recognizer.start()

    async def test_decoding_steps_back_where_processors_are_short(self, ear, spoken):
        recognizer = ear.open()
        await recognizer.start()
        nice = {os.getpriority(os.PRIO_PROCESS, each.native_id) for each in threading.enumerate() if each.name.startswith("ear")}
        assert nice == {os.getpriority(os.PRIO_PROCESS, os.getpid()) + 5}
        recognizer.close()

    async def test_hanging_up_in_the_middle_of_decoding_harms_nobody(self, ear, spoken):
        recognizer = ear.open()
        await recognizer.start()
        decoding = asyncio.ensure_future(recognizer.accept(spoken["预约科目二考试"]))
        await asyncio.sleep(0)
        decoding.cancel()
        recognizer.close()
        other = ear.open()
        assert (await hear(other, spoken["好的"])).text == "好的"


class TestModels:
    @pytest.fixture
    def copy(self, model, tmp_path):
        return shutil.copytree(model, tmp_path / "model")

    def test_no_folder_says_the_way_out(self, tmp_path):
        with pytest.raises(ModelMissing, match="IVR_SPEECH_MODEL"):
            VoskEar(tmp_path / "none")

    @pytest.mark.parametrize("part", ["am/final.mdl", "graph/HCLr.fst", "graph/Gr.fst", "graph/words.txt", "conf/model.conf"])
    def test_a_part_that_is_not_there_is_named(self, copy, part):
        (copy / part).unlink()
        with pytest.raises(ModelBroken, match=part) as caught:
            VoskEar(copy)
        assert "\n" not in str(caught.value)

    @pytest.mark.parametrize("part", ["am/final.mdl", "graph/HCLr.fst", "graph/Gr.fst", "conf/model.conf", "conf/fbank.conf"])
    def test_a_part_that_is_cut_off_is_found_before_the_first_call(self, copy, part):
        data = (copy / part).read_bytes()
        (copy / part).write_bytes(data[: len(data) // 2])
        with pytest.raises(ModelBroken, match="cannot be loaded"):
            VoskEar(copy)

    def test_a_part_of_noise_is_found_before_the_first_call(self, copy):
        (copy / "graph/words.txt").write_bytes(os.urandom(500))
        with pytest.raises(ModelBroken):
            VoskEar(copy)

    @pytest.mark.parametrize(
        "files",
        [
            ("am/final.mdl", "conf/model.conf", "conf/mfcc.conf", "graph/HCLG.fst", "graph/words.txt"),
            ("am/final.mdl", "conf/model.conf", "graph/HCLr.fst", "graph/Gr.fst", "graph/words.txt"),
            ("final.mdl", "mfcc.conf", "HCLr.fst", "Gr.fst", "words.txt"),
        ],
    )
    def test_the_layouts_of_public_models_are_accepted(self, tmp_path, files):
        for name in files:
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_bytes(b"x")
        check_model(tmp_path)

    async def test_a_model_with_endpoint_rules_of_its_own_loses_nothing(self, copy, spoken):
        conf = copy / "conf" / "model.conf"
        lines = [line for line in conf.read_text().splitlines() if "endpoint.rule" not in line]
        eager = [f"--endpoint.rule{n}.min-trailing-silence=0.3" for n in (1, 2, 3, 4)]
        conf.write_text("\n".join([*lines, *eager]) + "\n")
        ear = VoskEar(copy, threads=1)
        try:
            found = await hear(ear.open(), spoken["转人工"] + bytes(16000) + spoken["再说一遍"])
        finally:
            ear.close()
        assert found.text == "转人工再说一遍"
        words = found.hypotheses[0].words
        assert all(before.end_seconds <= after.start_seconds + 0.1 for before, after in itertools.pairwise(words))
