"""Two carriers: where the first gives no answer, the second is tried."""

import logging
from collections.abc import Sequence

from ivr.domain.orders import SmsMessage
from ivr.sms.errors import CarrierDown
from ivr.sms.sender import Receipt, Sender

_log = logging.getLogger(__name__)


class FailoverSender:
    """Tries its carriers in order. A refusal is final: another carrier would refuse the number too."""

    def __init__(self, senders: Sequence[Sender]) -> None:
        if not senders:
            raise ValueError("no carrier to try")
        self._senders = tuple(senders)

    async def send(self, message: SmsMessage) -> Receipt:
        """Hand one text over to the first that answers.

        Raises:
            CarrierDown: none of them answers.
            SmsRefused: one of them says no.
        """
        *first, last = self._senders
        for sender in first:
            try:
                return await sender.send(message)
            except CarrierDown:
                _log.warning("a carrier gives no answer, the next is tried", extra={"sms_kind": message.kind})
        return await last.send(message)
