"""A caller who talks to the conversation in memory."""

import pytest

from tests.dialogs.office import Caller, Office


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def caller(office: Office) -> Caller:
    return Caller(office)
