"""Asterisk's manager interface without a socket, on `asterisk-ami`'s message classes.

Rules:

1. The first line is the banner; after it come blocks that end with an empty line.
2. Each action has an id of ours; its response brings it back.
3. No name or value that leaves here holds a line break: it would start a header of its own.

    receive_data / receive_eof  ->  events_received
    send_action                 ->  data_to_send
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from asterisk.ami.action import SimpleAction
from asterisk.ami.event import Event
from asterisk.ami.response import Response

from telephony.errors import AmiGarbled, AmiUnsafe

_Action: Any = SimpleAction
_Event: Any = Event
_Response: Any = Response
# The library is untyped: what it returns is checked where it is taken.
MAX_BLOCK_BYTES = 65_536
_BANNER = re.compile(rb"Asterisk Call Manager/[0-9.]{1,20}")
_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")
_VARIABLE_NAME = re.compile(r"_{0,2}[A-Za-z][A-Za-z0-9_]{0,79}(\([A-Za-z0-9_,-]{1,80}\))?")
_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Greeted:
    """The banner has come; log in now."""


@dataclass(frozen=True, slots=True)
class ActionAnswered:
    """The response to one action."""

    action_id: str
    good: bool
    fields: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class ManagerEvent:
    """Something happened in Asterisk."""

    name: str
    fields: Mapping[str, str] = field(repr=False)
    """Header by name; a header that is not text (`ChanVariable`) is left out."""

    @property
    def action_id(self) -> str:
        """Id of the action that brought it; empty for news of its own."""
        return self.fields.get("ActionID", "")


@dataclass(frozen=True, slots=True)
class ManagerGone:
    """The connection is gone."""


ManagerNews = Greeted | ActionAnswered | ManagerEvent | ManagerGone


class ManagerProtocol:
    """One connection to the manager interface."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._greeted = False
        self._gone = False
        self._news: list[ManagerNews] = []
        self._data = bytearray()
        self._actions = 0

    def receive_data(self, data: bytes) -> None:
        """Take bytes from the connection.

        Raises:
            AmiGarbled: the peer does not speak AMI; close the connection.
        """
        self._bytes += data
        if not self._greeted and not self._greet():
            return
        while (end := self._bytes.find(_END)) >= 0:
            block = bytes(self._bytes[:end])
            del self._bytes[: end + len(_END)]
            self._read(block)
        if len(self._bytes) > MAX_BLOCK_BYTES:
            raise AmiGarbled("a message without end")

    def receive_eof(self) -> None:
        """The connection is gone."""
        if not self._gone:
            self._gone = True
            self._news.append(ManagerGone())

    def events_received(self) -> list[ManagerNews]:
        """What has come since the last call."""
        news, self._news = self._news, []
        return news

    def send_action(
        self,
        name: str,
        fields: Mapping[str, str] | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> str:
        """Queue one action; returns its id.

        Raises:
            AmiUnsafe: a name or value that would break out of its header.
        """
        fields, variables = fields or {}, variables or {}
        for key in (name, *fields):
            if not _HEADER_NAME.fullmatch(key):
                raise AmiUnsafe("a header name that AMI does not allow")
        if not all(_VARIABLE_NAME.fullmatch(key) for key in variables):
            raise AmiUnsafe("a variable name that AMI does not allow")
        if not all(_is_plain(value) for value in (*fields.values(), *variables.values())):
            raise AmiUnsafe("a value with a control character")
        self._actions += 1
        action_id = f"ivr-{self._actions}"
        action = _Action(name, **fields, ActionID=action_id)
        for variable, value in variables.items():
            action[variable] = value
        self._data += f"{action}\r\n".encode()
        return action_id

    def data_to_send(self) -> bytes:
        """Bytes that leave now."""
        data = bytes(self._data)
        self._data.clear()
        return data

    def _greet(self) -> bool:
        line, found, rest = self._bytes.partition(b"\r\n")
        if not found and len(self._bytes) <= 256:
            return False
        if not _BANNER.fullmatch(line):
            raise AmiGarbled("no banner of Asterisk")
        self._bytes = bytearray(rest)
        self._greeted = True
        self._news.append(Greeted())
        return True

    def _read(self, block: bytes) -> None:
        if len(block) > MAX_BLOCK_BYTES:
            raise AmiGarbled("a message that is too long")
        text = block.decode("utf-8", errors="replace").strip("\r\n")
        if _Event.match(text):
            event = _Event.read(text)
            self._news.append(ManagerEvent(event.name, _texts(event.keys)))
        elif _Response.match(text):
            response = _Response.read(text)
            fields = _texts(response.keys)
            good = response.status.lower() not in ("error", "goodbye")
            self._news.append(ActionAnswered(fields.get("ActionID", ""), good, fields))
        elif text:
            raise AmiGarbled("a message that is neither event nor response")


def _is_plain(value: str) -> bool:
    return value.isprintable() and len(value) <= 1024


def _texts(keys: Mapping[str, object]) -> dict[str, str]:
    return {key: value for key, value in keys.items() if isinstance(value, str)}
