"""What a site adds: a door behind TLS, seats' phones that register."""

import asyncio
import hashlib
import re
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from ivr.cli.free_ports import free_port
from telephony.ami.client import ManagerClient
from telephony.ami.dialer import ManagerDialer
from telephony.media.call_start import new_call_id
from telephony.media.server import MediaDoor
from telephony.outbound import OutboundCall, PlaceResult
from tests.asterisk.doors import Seen, tone
from tests.asterisk.pbx import CARRIER, HOST, Asterisk
from tests.asterisk.sip_phone import SipPhone
from tests.asterisk.sip_wire import SipMessage

DESK = "127.0.0.6"
SEAT_NAME, SEAT_PASSWORD = "seat-8009", "seat-secret"


def self_signed(folder: Path, name: str) -> tuple[Path, Path]:
    """Certificate and key of a door, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    whose = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.DNSName(name), x509.IPAddress(ip_address(HOST))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(whose)
        .issuer_name(whose)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, secret = folder / f"{name}.pem", folder / f"{name}.key"
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return pem, secret


@pytest.mark.parametrize(("trusted", "comes_in"), [("localhost", True), ("stranger", False)])
async def test_the_door_behind_tls_is_trusted_by_who_signed_it_only(
    asterisk: Asterisk, tmp_path: Path, trusted: str, comes_in: bool
) -> None:
    pem, key = self_signed(tmp_path, "localhost")
    authority = pem if trusted == "localhost" else self_signed(tmp_path, trusted)[0]
    pbx = Asterisk(asterisk.tree, tmp_path / "pbx")
    uri = f"wss://localhost:{pbx.media_port}/media"
    pbx.configure(MEDIA_URI=uri, MEDIA_TLS="yes", MEDIA_CA=str(authority))
    await asyncio.to_thread(pbx.start)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, key)
    seen = Seen()
    door = MediaDoor(
        host="localhost", port=pbx.media_port, login=pbx.media_login, max_calls=2,
        on_call=lambda call: seen.watch(call, echo=True), tls=context,
    )  # fmt: skip
    try:
        async with (
            door,
            SipPhone(CARRIER, number="13800001111") as phone,
            phone.dial("12123", port=pbx.sip_port) as call,
        ):
            await call.wait(0.5)
            if comes_in:
                await call.speak(tone(0.3))
                await call.next_voice()
            await call.wait(0.5)
    finally:
        await asyncio.to_thread(pbx.stop)
    assert (seen.call is not None) is comes_in


def register(phone: SipPhone, cseq: int, port: int, authorization: str = "") -> SipMessage:
    me = f"<sip:{SEAT_NAME}@{HOST}:{port}>"
    headers = [
        ("Via", phone.via()), ("From", f"{me};tag=register"), ("To", me), ("Call-ID", f"register-{phone.port}"),
        ("CSeq", f"{cseq} REGISTER"), ("Contact", f"<sip:{SEAT_NAME}@{phone.host}:{phone.port}>"),
        ("Max-Forwards", "70"), ("Expires", "60"),
    ]  # fmt: skip
    if authorization:
        headers.append(("Authorization", authorization))
    return SipMessage(f"REGISTER sip:{HOST}:{port} SIP/2.0", headers)


def answer_to(challenge: str, uri: str, password: str) -> str:
    told = dict(re.findall(r'(\w+)="?([^",]+)"?', challenge))

    def md5(text: str) -> str:
        return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()

    secret = md5(f"{SEAT_NAME}:{told['realm']}:{password}")
    said = md5(f"{secret}:{told['nonce']}:00000001:c:auth:{md5(f'REGISTER:{uri}')}")
    return (
        f'Digest username="{SEAT_NAME}", realm="{told["realm"]}", nonce="{told["nonce"]}", uri="{uri}", '
        f'response="{said}", algorithm=MD5, qop=auth, nc=00000001, cnonce="c", opaque="{told.get("opaque", "")}"'
    )


async def is_rung(asterisk: Asterisk, phone: SipPhone) -> None:
    order = OutboundCall("order-1", "8009", new_call_id(), ring_seconds=5, inside=True)
    login = asterisk.ami_login
    async with (
        ManagerClient("127.0.0.1", asterisk.ami_port, login=login) as manager,
        asyncio.TaskGroup() as group,
    ):
        await manager.wait_ready(within=5)
        placed = group.create_task(ManagerDialer(manager).place(order))
        async with phone.picked_up(within=5) as call:
            await call.wait(0.3)
    assert placed.result() is PlaceResult.ANSWERED


@pytest.mark.parametrize(("password", "status"), [(SEAT_PASSWORD, 200), ("guessed", 401)])
async def test_a_seats_phone_registers_with_its_password_and_is_then_rung(
    asterisk: Asterisk, password: str, status: int
) -> None:
    port = asterisk.sip_port
    async with SipPhone(DESK, port=free_port(host=DESK), number=SEAT_NAME) as phone:
        phone.sent_to = (HOST, port)
        asked = await phone.ask(register(phone, 1, port))
        assert asked.status == 401
        challenge = asked.get("WWW-Authenticate")
        answer = answer_to(challenge, f"sip:{HOST}:{port}", password)
        done = await phone.ask(register(phone, 2, port, answer))
        assert done.status == status
        if status == 200:
            await is_rung(asterisk, phone)


async def test_who_only_says_that_he_is_the_trunk_does_not_come_in(asterisk: Asterisk) -> None:
    async with SipPhone("127.0.0.9", number="trunk") as stranger:
        with pytest.raises(Exception, match="SIP 40"):
            async with stranger.dial("12123", port=asterisk.sip_port):
                pass
