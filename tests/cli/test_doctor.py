"""What `ivr doctor` says of the PBX, over real sockets."""

import asyncio

import pytest

from ivr.cli.doctor import Finding, _asterisk
from ivr.cli.free_ports import free_port
from ivr.settings import Settings
from tests.telephony.ami.fake_asterisk import FakeAsterisk, good


async def found(tmp_path, **settings) -> Finding:
    chosen = {"data_dir": tmp_path, "outbound": "asterisk", "ami_password": "geheim-12123", **settings}
    (finding,) = await _asterisk(Settings(_env_file=None, **chosen))
    assert "geheim" not in finding.says
    return finding


def refuses(name):
    def answer(action):
        return [f"Response: Error\r\nActionID: {action['ActionID']}\r\nMessage: no"] if action["Action"] == name else good(action)

    return answer


def lists_nothing(action):
    if action["Action"] != "CoreShowChannels":
        return good(action)
    end = f"Event: CoreShowChannelsComplete\r\nActionID: {action['ActionID']}\r\nEventList: Complete\r\nListItems: 0"
    return [*good(action), end]


async def test_an_asterisk_that_lets_us_in_is_fine(tmp_path):
    async with FakeAsterisk(lists_nothing) as pbx:
        finding = await found(tmp_path, ami_port=pbx.port)
    assert finding.fine
    assert f"127.0.0.1:{pbx.port}" in finding.says


@pytest.mark.parametrize(("refused", "says"), [("Login", "does not let us in"), ("CoreShowChannels", "may not list channels")])
async def test_what_it_refuses_is_told_with_the_way_out(tmp_path, refused, says):
    async with FakeAsterisk(refuses(refused)) as pbx:
        finding = await found(tmp_path, ami_port=pbx.port)
    assert not finding.fine
    assert says in finding.says
    assert "manager.conf" in finding.says


async def test_nobody_there_is_told_with_the_settings_to_look_at(tmp_path):
    finding = await found(tmp_path, ami_port=free_port())
    assert not finding.fine
    assert "IVR_AMI_PORT" in finding.says


async def test_somebody_else_there_does_not_keep_it_waiting(tmp_path):
    server = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", 0)
    async with server, asyncio.timeout(10):
        finding = await found(tmp_path, ami_port=server.sockets[0].getsockname()[1])
    assert not finding.fine
    assert "does not let us in" in finding.says


async def test_a_missing_password_is_named(tmp_path):
    finding = await found(tmp_path, ami_password=None)
    assert not finding.fine
    assert "IVR_AMI_PASSWORD" in finding.says


async def test_an_embedded_run_has_none(tmp_path):
    assert await _asterisk(Settings(_env_file=None, data_dir=tmp_path)) == []
