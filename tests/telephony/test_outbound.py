"""The promise that both makers of calls keep."""

from telephony.ami.client import ManagerClient
from telephony.ami.dialer import ManagerDialer
from telephony.exchange import Exchange
from telephony.outbound import CallMaker, OutboundCall


def test_an_order_does_not_show_the_number() -> None:
    assert "139" not in repr(OutboundCall("order-1", "13900002222", "a" * 32))


async def test_the_exchange_and_the_dialer_are_both_makers_of_calls() -> None:
    makers: list[CallMaker] = [Exchange(), ManagerDialer(ManagerClient("", 1, login=("", "")))]
    assert len(makers) == 2
