import pytest

from ivr.services.verification import Level, LevelMissing, Verification
from tests.fakes.memory import MemoryVault


async def test_a_calling_number_proves_level_one_and_no_more() -> None:
    vault = MemoryVault()
    ref = vault.put("13800001111", call_id="c1")
    verification = Verification(vault)
    assert await verification.level(caller_ref=ref, call_id="c1") is Level.NUMBER
    await verification.require(Level.NUMBER, caller_ref=ref, call_id="c1")
    with pytest.raises(LevelMissing) as missing:
        await verification.require(Level.IDENTITY, caller_ref=ref, call_id="c1")
    assert (missing.value.have, missing.value.need) == (Level.NUMBER, Level.IDENTITY)


async def test_a_withheld_gone_or_foreign_number_proves_nothing() -> None:
    vault = MemoryVault()
    ref = vault.put("13800001111", call_id="c1")
    verification = Verification(vault)
    for caller_ref, call_id in ((None, "c1"), ("", "c1"), ("sv_gone", "c1"), (ref, "c2")):
        assert await verification.level(caller_ref=caller_ref, call_id=call_id) is Level.NONE
