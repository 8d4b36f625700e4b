"""What a caller keyed in and nobody could read counts as no try of his: he is asked for it again."""

from types import SimpleNamespace

import pytest

from dialogs.actions import words_identity
from dialogs.actions.identity import IdentityTalk
from dialogs.actions.said import Said
from dialogs.actions.talk import Stage, Talk
from ivr.dialogue.replies import Transfer
from ivr.services.verification import CodeChecked, Identified, SecretChecked
from tests.dialogs.office import FACTS, NOW

GIVEN = Said("give_sealed", 1.0, payload={"ref": "sv_gone"})
GONE = {
    Stage.ID: (Identified("gone"), words_identity.ASK_ID),
    Stage.CODE: (CodeChecked("gone"), words_identity.ASK_CODE),
    Stage.SECRET: (SecretChecked("gone"), words_identity.ASK_SECRET),
}


def talk_with(found: object) -> IdentityTalk:
    async def answer(**_: object) -> object:
        return found

    async def go_on(*_: object) -> None:
        raise AssertionError("nothing is proved")

    verification = SimpleNamespace(identify=answer, confirm=answer, second_secret=answer)
    return IdentityTalk(SimpleNamespace(verification=verification, clock=lambda: NOW), go_on)  # type: ignore[arg-type]


@pytest.mark.parametrize("stage", GONE)
async def test_it_is_asked_for_again_and_a_person_helps_in_the_end(stage: Stage) -> None:
    found, asked = GONE[stage]
    part, talk = talk_with(found), Talk().at(stage)
    for _ in range(2):
        answer = await part.sealed(talk, GIVEN, FACTS)
        assert answer.replies == (words_identity.ENTRY_GONE, asked)
        talk = answer.talk
        assert talk.stage is stage
    last = (await part.sealed(talk, GIVEN, FACTS)).replies[-1]
    assert isinstance(last, Transfer)
