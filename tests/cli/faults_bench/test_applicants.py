"""A caller who proves who he is: keys his number, waits for the text, confirms what is read to him."""

from ivr.cli.calls_bench.caller import FRAME_SECONDS, Speech
from ivr.cli.calls_bench.voices import Common
from ivr.cli.faults_bench.applicants import ApplicantCaller, applicants, keys_of, manner_of
from ivr.domain.people import IdNumber
from tests.cli.faults_bench.test_witness import SILENCE, sentence

KNOWN = ("greeting", "what_id", "secret_file_number", "anything_else", "did_not_get")
SAID = {name: sentence(seed) for seed, name in enumerate(KNOWN)}
HEARD = {name: alaw[800:960] for name, alaw in SAID.items()}
OPENING, NO_MORE = Speech("opening", sentence(20, 10)), Speech("no_more", sentence(21, 10))
COMMON = Common(NO_MORE, NO_MORE, NO_MORE, HEARD)
LEARNER, DRIVER = applicants(2)


class Line:
    def __init__(self, who):
        self.code = None
        manner = manner_of(who, OPENING, COMMON, HEARD)
        self.person = ApplicantCaller(manner, think=(0.3,), code=lambda: self.code, id_keys=keys_of(who))
        self.now = 100.0

    def hears(self, alaw, then=1.5):
        """Give what he presses after it."""
        frames = [alaw[at : at + 160] for at in range(0, len(alaw), 160)] + [SILENCE] * round(then / FRAME_SECONDS)
        for frame in frames:
            self.person.frame(self.now)
            self.person.hear(frame, self.now)
            self.now += FRAME_SECONDS
        keys = "".join(self.person.pressed)
        self.person.pressed.clear()
        return keys


def test_the_invented_are_possible_people_and_no_two_are_one():
    many = applicants(2000)
    assert len({IdNumber.parse(each.id_number) for each in many}) == 2000
    assert len({each.phone for each in many}) == 2000


def test_he_keys_his_number_waits_for_the_code_and_confirms():
    line = Line(LEARNER)
    assert line.hears(SAID["greeting"]) == ""
    assert line.hears(SAID["what_id"]) == keys_of(LEARNER)
    asked = line.now
    assert line.hears(sentence(30), 4.0) == "", "the text has not come yet"
    assert max(each.seconds for each in line.person.silences(asked, line.now)) < 1.5, "he looks for it: it is his turn"
    line.code = "123456"
    assert line.hears(b"", 0.5) == "123456#"
    assert line.hears(sentence(31)) == "1", "what is read back to him"
    line.hears(SAID["anything_else"], 2.0)
    assert line.person._last == NO_MORE


def test_who_is_asked_again_while_he_waits_for_the_code_does_not_key_his_number_once_more():
    line = Line(LEARNER)
    line.hears(SAID["greeting"])
    line.hears(SAID["what_id"])
    assert line.hears(SAID["did_not_get"] + sentence(30)) == ""
    line.code = "123456"
    assert line.hears(b"", 0.5) == "123456#"


def test_who_drives_knows_the_number_of_his_file():
    line = Line(DRIVER)
    line.hears(SAID["greeting"])
    assert line.hears(SAID["secret_file_number"]) == f"{DRIVER.file_tail}#"
    assert not LEARNER.file_tail
