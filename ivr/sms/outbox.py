"""The embedded carrier: a text counts as sent once it stands in the outbox, where desks show it."""

from ivr.domain.orders import SmsMessage
from ivr.sms.errors import SmsRefused
from ivr.sms.sender import Receipt


class OutboxSender:
    """Sends nothing anywhere."""

    async def send(self, message: SmsMessage) -> Receipt:
        """Take the text.

        Raises:
            SmsRefused: nobody to send to.
        """
        if not message.to:
            raise SmsRefused("no_number")
        return Receipt(f"outbox-{message.sms_id}", stays_here=True)
