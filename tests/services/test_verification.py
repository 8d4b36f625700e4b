"""Proof of who is calling: on real storage, with the sandbox backend over a real socket."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from backend_client.errors import BackendDown
from backend_client.people import SecretKind
from backend_client.sandbox.seed_people import id_number
from ivr.domain.checks import ENTRY_USES
from ivr.domain.orders import SmsState
from ivr.services.identity import Level, LevelMissing
from ivr.services.verification import CodeChecked, Identified
from tests.fakes.site import NOW, Site

LEARNER = id_number("320200", "19900307", 2)
DRIVER = id_number("320200", "19900307", 1)
NO_PHONE = id_number("320200", "20050615", 11)
UNKNOWN = id_number("320200", "19991231", 77)
MINUTE = timedelta(minutes=1)


async def identify(site: Site, number: str = LEARNER, call_id: str = "c1") -> Identified:
    ref = await site.seal_text(call_id, number)
    return await site.verification.identify(id_ref=ref, call_id=call_id, now=site.clock[0])


async def confirm(site: Site, found: Identified, code: str, call_id: str = "c1") -> CodeChecked:
    ref = await site.seal_text(call_id, code)
    return await site.verification.confirm(
        attempt_id=found.attempt_id, code_ref=ref, call_id=call_id, now=site.clock[0]
    )


def other(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


async def test_a_calling_number_proves_level_one_and_no_more(site: Site) -> None:
    ref = await site.seal("c1")
    assert await site.verification.level(caller_ref=ref, call_id="c1") is Level.NUMBER
    assert await site.verification.level(caller_ref=ref, call_id="c2") is Level.NONE
    assert await site.verification.level(caller_ref=None, call_id="c1") is Level.NONE
    with pytest.raises(LevelMissing):
        await site.verification.proof("", call_id="c1", need=Level.IDENTITY)


async def test_number_and_code_prove_who_it_is(site: Site) -> None:
    found = await identify(site)
    assert (found.outcome, found.id_tail, found.phone_tail) == ("code_sent", "0028", "1234")
    checked = await confirm(site, found, await site.code())
    assert checked.outcome == "right"
    proof = await site.verification.proof(checked.proof_ref, call_id="c1", need=Level.IDENTITY)
    assert (proof.level, proof.age, proof.phone_tail) == (Level.IDENTITY, 36, "1234")
    assert await site.verification.level(caller_ref=None, call_id="c1", proof_ref=checked.proof_ref) is Level.IDENTITY
    with pytest.raises(LevelMissing) as missing:
        await site.verification.proof(checked.proof_ref, call_id="c1", need=Level.SECOND_SECRET)
    assert missing.value.have is Level.IDENTITY
    with pytest.raises(LevelMissing):
        await site.verification.proof(checked.proof_ref, call_id="c2", need=Level.IDENTITY)


async def test_a_code_is_right_once(site: Site) -> None:
    found = await identify(site)
    code = await site.code()
    assert (await confirm(site, found, code)).outcome == "right"
    assert (await confirm(site, found, code)).outcome == "expired"


async def test_an_entry_that_is_asked_about_again_gets_the_same_answer(site: Site) -> None:
    id_ref = await site.seal_text("c1", LEARNER, uses=ENTRY_USES)
    found, again = [await site.verification.identify(id_ref=id_ref, call_id="c1", now=NOW) for _ in range(2)]
    assert (found.outcome, again) == ("code_sent", found)
    async with site.room.reading() as uow:
        assert len(await uow.sms.recent(5)) == 1, "one entry, one code"
    code_ref = await site.seal_text("c1", await site.code(), uses=ENTRY_USES)
    first, second = [
        await site.verification.confirm(attempt_id=found.attempt_id, code_ref=code_ref, call_id="c1", now=NOW) for _ in range(2)
    ]
    assert (first.outcome, second.outcome) == ("right", "right")
    assert await site.verification.proof(second.proof_ref, call_id="c1", need=Level.IDENTITY)
    third = await site.verification.confirm(attempt_id=found.attempt_id, code_ref=code_ref, call_id="c1", now=NOW)
    assert third.outcome == "gone"


async def test_an_entry_that_failed_to_be_written_down_is_taken_when_it_is_asked_about_again(site: Site) -> None:
    found = await identify(site)
    code_ref = await site.seal_text("c1", await site.code(), uses=ENTRY_USES)
    await site.room.vault.open(code_ref, call_id="c1")  # the try that failed had opened it
    again = await site.verification.confirm(attempt_id=found.attempt_id, code_ref=code_ref, call_id="c1", now=NOW)
    assert again.outcome == "right"


async def test_a_wrong_entry_counts_once_however_often_it_is_asked_about(site: Site) -> None:
    found = await identify(site, DRIVER)
    code = await site.code()
    wrong = await site.seal_text("c1", other(code), uses=ENTRY_USES)
    asked = [await site.verification.confirm(attempt_id=found.attempt_id, code_ref=wrong, call_id="c1", now=NOW) for _ in range(2)]
    assert [(each.outcome, each.tries_left) for each in asked] == [("wrong", 2), ("gone", 0)]
    proof = (await confirm(site, found, code)).proof_ref
    secret = await site.seal_text("c1", "000000", uses=ENTRY_USES)
    tried = [
        await site.verification.second_secret(
            proof_ref=proof, secret_ref=secret, kind=SecretKind.FILE_NUMBER, call_id="c1", now=NOW
        )
        for _ in range(2)
    ]
    assert [(each.outcome, each.tries_left) for each in tried] == [("wrong", 2), ("gone", 0)]


async def test_what_cannot_be_read_any_more_counts_as_no_try(site: Site) -> None:
    found = await identify(site)
    for _ in range(4):
        gone = await site.verification.confirm(attempt_id=found.attempt_id, code_ref="sv_gone", call_id="c1", now=NOW)
        assert gone.outcome == "gone"
    checked = await confirm(site, found, await site.code())
    assert checked.outcome == "right"
    for _ in range(4):
        secret = await site.verification.second_secret(
            proof_ref=checked.proof_ref, secret_ref="sv_gone", kind=SecretKind.FILE_NUMBER, call_id="c1", now=NOW
        )
        assert secret.outcome == "gone"


async def test_a_code_is_right_in_its_own_call_and_time_only(site: Site) -> None:
    found = await identify(site)
    code = await site.code()
    assert (await confirm(site, found, code, "c2")).outcome == "expired"
    site.clock[0] = NOW + 5 * MINUTE
    assert (await confirm(site, found, code)).outcome == "expired"


async def test_a_new_code_ends_the_one_before(site: Site) -> None:
    found = await identify(site)
    first = await site.code()
    again = await site.verification.resend(attempt_id=found.attempt_id, call_id="c1", now=NOW)
    assert (again.outcome, again.phone_tail) == ("code_sent", "1234")
    assert (await confirm(site, found, first)).outcome == "expired"
    assert (await confirm(site, again, await site.code())).outcome == "right"
    other_call = await site.verification.resend(attempt_id=again.attempt_id, call_id="c2", now=NOW)
    assert other_call.outcome == "not_found"


async def test_a_further_code_whose_answer_was_lost_is_sent_once_and_later_there_is_another(site: Site) -> None:
    found = await identify(site)

    async def again(attempt_id: str, call_id: str = "c1") -> Identified:
        return await site.verification.resend(attempt_id=attempt_id, call_id=call_id, now=site.clock[0])

    second = await again(found.attempt_id)
    code = await site.code()
    assert await again(found.attempt_id) == second, "the same question has the same answer"
    assert await site.code() == code, "and no third text"
    assert (await again(found.attempt_id, "c2")).outcome == "not_found"
    site.clock[0] = NOW + 2 * MINUTE
    third = await again(found.attempt_id)
    assert third.attempt_id not in (found.attempt_id, second.attempt_id)
    assert (await confirm(site, second, code)).outcome == "expired"
    assert (await confirm(site, third, await site.code())).outcome == "right"


async def test_three_wrong_codes_lock_for_half_an_hour_in_every_call(site: Site) -> None:
    found = await identify(site)
    code = await site.code()
    assert [(await confirm(site, found, other(code))).tries_left for _ in range(2)] == [2, 1]
    assert (await confirm(site, found, other(code))).outcome == "locked"
    assert (await confirm(site, found, code)).outcome in ("locked", "expired")
    assert (await identify(site, call_id="c2")).outcome == "locked"
    site.clock[0] = NOW + 31 * MINUTE
    assert (await identify(site, call_id="c2")).outcome == "code_sent"


async def test_five_codes_a_day(site: Site) -> None:
    for _ in range(5):
        assert (await identify(site)).outcome == "code_sent"
    assert (await identify(site)).outcome == "too_many_codes"
    site.clock[0] = NOW + timedelta(days=1, minutes=1)
    assert (await identify(site)).outcome == "code_sent"


async def test_a_number_that_cannot_be_offers_repairs_and_takes_none(site: Site) -> None:
    wrong = LEARNER[:-2] + "8" + LEARNER[-1]
    found = await identify(site, wrong)
    assert found.outcome == "id_wrong"
    tails = [repair.tail for repair in found.repairs]
    assert LEARNER[-4:] in tails
    chosen = found.repairs[tails.index(LEARNER[-4:])]
    taken = await site.verification.identify(id_ref=chosen.ref, call_id="c1", now=NOW)
    assert (taken.outcome, taken.phone_tail) == ("code_sent", "1234")
    assert (await identify(site, "12345")).repairs == ()


async def test_the_star_key_is_an_x(site: Site) -> None:
    assert DRIVER.endswith("X")
    assert (await identify(site, DRIVER.replace("X", "*"))).outcome == "code_sent"


async def test_nobody_of_that_number_and_nobody_to_text(site: Site) -> None:
    assert [(await identify(site, UNKNOWN)).outcome for _ in range(4)] == ["not_found"] * 3 + ["locked"]
    assert (await identify(site, NO_PHONE)).outcome == "no_phone"
    assert (await site.verification.identify(id_ref="sv_gone", call_id="c1", now=NOW)).outcome == "gone"


async def test_a_second_secret_raises_the_level(site: Site) -> None:
    proof = await site.proved(DRIVER, secret=(SecretKind.FILE_NUMBER, "700567"))
    assert proof.level is Level.SECOND_SECRET
    owner = await site.proved(LEARNER, "c2", secret=(SecretKind.VIN, "004321"), vehicle=("苏B12345", "02"))
    assert (owner.level, owner.plate) == (Level.SECOND_SECRET, "苏B12345")


async def test_three_wrong_secrets_lock(site: Site) -> None:
    found = await identify(site, DRIVER)
    proof = (await confirm(site, found, await site.code())).proof_ref
    outcomes = []
    for value in ("000000", "111111", "222222", "700567"):
        ref = await site.seal_text("c1", value)
        checked = await site.verification.second_secret(
            proof_ref=proof, secret_ref=ref, kind=SecretKind.FILE_NUMBER, call_id="c1", now=NOW
        )
        outcomes.append(checked.outcome)
    assert outcomes == ["wrong", "wrong", "locked", "locked"]


async def test_while_the_backend_is_down_nothing_is_proved_and_no_code_goes_out(site: Site) -> None:
    await site.sandbox.fault("down")
    with pytest.raises(BackendDown):
        await identify(site)
    async with site.room.reading() as uow:
        assert await uow.sms.recent(5) == []


async def test_the_code_reaches_the_number_on_file_and_stays_nowhere(site: Site) -> None:
    found = await identify(site)
    code = await site.code()
    await site.sending.due(NOW)
    assert [(each.to, code in each.text) for each in site.sender.sent] == [("13800001234", True)]
    async with site.room.reading() as uow:
        message = (await uow.sms.recent(1))[0]
        assert message.state is SmsState.SENT
        assert code not in message.text
        rows = await uow._transaction.rows(text("SELECT * FROM codes_sent"))
    assert code not in str([dict(row) for row in rows])
    assert LEARNER not in str([dict(row) for row in rows])
    assert (await confirm(site, found, code)).outcome == "right"
