"""What is measured must be there: an Asterisk that nobody can call is none."""

import socket

import pytest

from tests.asterisk.pbx import HOST, Asterisk, NoAsterisk


def test_one_whose_sip_port_is_taken_does_not_count_as_started(asterisk, tmp_path):
    deaf = Asterisk(asterisk.tree, tmp_path)
    deaf.configure()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind((HOST, deaf.sip_port))
        with pytest.raises(NoAsterisk, match=r"(?s)cannot be called.*Address already in use"):
            deaf.start()
    assert deaf.process is None
