"""baresip, an independent SIP phone, driven over its control socket."""

import asyncio
import json
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from ivr.cli.free_ports import free_port
from tests.asterisk.pbx import CARRIER

CONFIG = """\
poll_method epoll
sip_listen {host}:{sip_port}
audio_player aufile,{folder}/player.wav
audio_source aufile,{source}
audio_alert aufile,{folder}/alert.wav
ausrc_srate 8000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
audio_txmode poll
rtp_ports 17000-17200
net_interface {host}
module_path /usr/lib/baresip/modules
module aufile.so
module sndfile.so
module g711.so
module ctrl_tcp.so
module_tmp uuid.so
module_tmp account.so
module_app menu.so
ctrl_tcp_listen {host}:{control_port}
snd_path {folder}
"""
ACCOUNT = (
    "<sip:{number}@{host};transport=udp>;regint=0;audio_codecs=PCMA/8000/1;"
    "answermode=auto;dtmfmode=rtpevent\n"
)


class Baresip:
    """One running baresip."""

    def __init__(
        self, folder: Path, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._folder, self._reader, self._writer = folder, reader, writer

    async def command(self, name: str, words: str = "") -> dict[str, object]:
        said = json.dumps({"command": name, "params": words, "token": name}).encode()
        self._writer.write(b"%d:%s," % (len(said), said))
        while True:
            heard = await self.message()
            if heard.get("response"):
                return heard

    async def event(self, kind: str, *, within: float = 5) -> dict[str, object]:
        async with asyncio.timeout(within):
            while (heard := await self.message()).get("type") != kind:
                pass
        return heard

    async def message(self) -> dict[str, object]:
        size = int((await self._reader.readuntil(b":"))[:-1])
        text = await self._reader.readexactly(size + 1)
        heard = json.loads(text[:-1])
        assert isinstance(heard, dict)
        return heard

    def decoded(self) -> bytes:
        """What was heard (sndfile's dump of the decoder), 16-bit."""
        dumps = sorted(self._folder.glob("dump-*-dec.wav"))
        with wave.open(str(dumps[-1])) as file:
            return file.readframes(file.getnframes())


@asynccontextmanager
async def baresip(folder: Path, *, number: str, source: Path) -> AsyncIterator[Baresip]:
    folder /= "baresip"
    folder.mkdir()
    control_port = free_port(host=CARRIER)
    values = {
        "host": CARRIER,
        "folder": folder,
        "source": source,
        "sip_port": free_port(host=CARRIER),
    }
    (folder / "config").write_text(CONFIG.format(control_port=control_port, **values))
    (folder / "accounts").write_text(ACCOUNT.format(number=number, host=CARRIER))
    (folder / "contacts").write_text("")
    with (folder / "out").open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            "baresip", "-f", folder, stdin=asyncio.subprocess.DEVNULL, stdout=out, stderr=out
        )
    try:
        async with asyncio.timeout(10):
            while True:
                try:
                    reader, writer = await asyncio.open_connection(CARRIER, control_port)
                    break
                except OSError:
                    await asyncio.sleep(0.1)
        yield Baresip(folder, reader, writer)
        writer.close()
    finally:
        process.terminate()
        await process.wait()
