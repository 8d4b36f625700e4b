"""A carrier that wants to be registered with: a second Asterisk, and the site's own that registers there.

Both run the configs of `docker/asterisk/etc`; what each adds stands here. The carrier takes citizens' phones
at `CITIZENS` and asks the site for its password, at REGISTER and at every INVITE.
"""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from ivr.cli.calls_bench import pbx
from ivr.cli.free_ports import free_port
from tests.asterisk.pbx import CARRIER, Asterisk

CITIZENS = "127.0.0.5"
ACCOUNT, PASSWORD = "12123", "carrier-secret"
AT_THE_CARRIER = """\
[{account}](seat-phone)
context = from-hotline
auth = {account}
aors = {account}

[{account}](seat-auth)
username = {account}
password = {password}

[{account}](seat-place)
qualify_frequency = 0

[citizens](private)
context = from-citizens
aors = citizens

[citizens]
type = aor
contact = sip:citizens@{citizens}:{citizens_port}

[citizens]
type = identify
endpoint = citizens
match = {citizens}
"""
ROUTES = """\
[from-citizens]
exten => {account},1,Dial(PJSIP/{account},30)
 same => n,Hangup(${{HANGUPCAUSE}})

[from-hotline]
exten => _X!,1,Dial(PJSIP/${{EXTEN}}@citizens,30)
 same => n,Hangup(${{HANGUPCAUSE}})
"""
AT_THE_SITE = """\
[carrier](trunk-registration)
server_uri = sip:{carrier}:{port}
client_uri = sip:{account}@{carrier}:{port}
contact_user = {account}
outbound_auth = carrier

[carrier](trunk-auth)
username = {account}
password = {password}

[trunk](+type=endpoint)
outbound_auth = carrier
"""


@asynccontextmanager
async def registering(tree: Path, folder: Path, *, password: str) -> AsyncIterator[tuple[Asterisk, int]]:
    """Both, running; gives the site's Asterisk and the port where the carrier rings citizens."""
    citizens_port = free_port(socket.SOCK_DGRAM, CITIZENS)
    site = Asterisk(tree, folder / "site")
    carrier = pbx.Asterisk(tree, folder / "carrier")
    site.configure()
    added = AT_THE_SITE.format(carrier=CARRIER, port=site.carrier_port, account=ACCOUNT, password=password)
    with (site.home / "etc/site/pjsip.conf").open("a") as file:
        file.write(added)
    carrier.configure(SIP_BIND=CARRIER, SIP_PORT=str(site.carrier_port), TRUNK_HOST="127.0.0.9")
    own = carrier.home / "etc/site"
    own.mkdir()
    telling = {"account": ACCOUNT, "password": PASSWORD, "citizens": CITIZENS, "citizens_port": citizens_port}
    (own / "pjsip.conf").write_text(AT_THE_CARRIER.format(**telling))
    (own / "extensions.conf").write_text(ROUTES.format(account=ACCOUNT))
    try:
        await asyncio.to_thread(carrier.start)
        await asyncio.to_thread(site.start)
        yield site, citizens_port
    finally:
        await asyncio.to_thread(site.stop)
        await asyncio.to_thread(carrier.stop)


async def registration(site: Asterisk) -> str:
    """Wait until the carrier has answered; how the site's Asterisk calls its answer."""
    async with asyncio.timeout(10):
        while True:
            told = await asyncio.to_thread(site.cli, "pjsip show registrations")
            for word in ("Registered", "Rejected"):
                if word in told:
                    return word
            await asyncio.sleep(0.1)
