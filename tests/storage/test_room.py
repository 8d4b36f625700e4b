import os
from pathlib import Path

import pytest
from pydantic import SecretStr

from ivr.cli.free_ports import free_port
from ivr.domain.calls import CallBegan, Direction
from ivr.settings import Settings
from ivr.storage.errors import KeyWrong, LiveDown
from ivr.storage.room import open_storage
from tests.storage.conftest import NOW


async def test_what_was_kept_is_there_after_a_restart(settings: Settings) -> None:
    async with open_storage(settings) as room:
        await room.call_log.began(
            CallBegan("call0001", Direction.INBOUND, "12123", NOW, caller="13800001111")
        )
        writer = room.recordings.writer("call0001")
        writer.append(bytes(3200))
        await writer.close()
    async with open_storage(settings) as room:
        view = await room.call_log.call("call0001")
        assert view is not None
        assert view.caller_tail == "1111"
        assert view.caller_token == room.cipher.token("13800001111")
        assert await room.recordings.wav_bytes("call0001") == 44 + 3200
        await room.ready()


async def test_the_wrong_key_is_told_at_the_door(settings: Settings) -> None:
    async with open_storage(settings):
        pass
    wrong = settings.model_copy(update={"secret_key": SecretStr("A" * 43 + "=")})
    with pytest.raises(KeyWrong, match="made with another secret key"):
        async with open_storage(wrong):
            pass


async def test_a_lost_key_file_is_told_and_not_replaced_silently(settings: Settings) -> None:
    async with open_storage(settings):
        pass
    (settings.keys_dir / "secret.key").unlink()
    with pytest.raises(KeyWrong, match="restore data_dir/keys"):
        async with open_storage(settings):
            pass


async def test_nothing_in_the_data_folder_is_open_to_others(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "var")
    async with open_storage(settings) as room:
        writer = room.recordings.writer("call0001")
        await writer.close()
    assert os.stat(settings.data_dir).st_mode & 0o077 == 0


async def test_readiness_names_what_is_away(tmp_path: Path) -> None:
    url = f"redis://127.0.0.1:{free_port()}/0"
    async with open_storage(Settings(data_dir=tmp_path, redis_url=url)) as room:
        with pytest.raises(LiveDown):
            await room.ready()


@pytest.mark.redis
async def test_vault_and_orders_pass_between_two_processes_over_redis(
    tmp_path: Path, redis_url: str
) -> None:
    settings = Settings(data_dir=tmp_path, redis_url=redis_url)
    async with open_storage(settings) as voice, open_storage(settings) as actions:
        sealed = await voice.vault.seal(call_id="c1", kind="phone", value="13800001111")
        assert await actions.vault.open(sealed.ref, call_id="c1") == "13800001111"
        await actions.live_calls.order("c1", {"order": "hang_up", "reason": "test"})
        async for order in voice.live_calls.orders("c1"):
            assert order == {"order": "hang_up", "reason": "test"}
            break
