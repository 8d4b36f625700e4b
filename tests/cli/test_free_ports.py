import socket
import subprocess
import sys
from pathlib import Path

import pytest

from ivr.cli import free_ports
from ivr.cli.free_ports import HOST, free_port

OTHERS = """
from ivr.cli.free_ports import free_port
print(*(free_port() for _ in range(300)), flush=True)
input()
"""


def _child() -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", OTHERS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_no_port_is_given_twice_in_one_process_or_in_two_at_once():
    children = [_child() for _ in range(3)]
    given = [free_port() for _ in range(300)]
    for child in children:
        given += map(int, child.stdout.readline().split())
    assert len(given) == len(set(given)) == 1200
    for child in children:
        child.communicate("\n", timeout=10)


def test_the_kernel_does_not_give_them_to_sockets_that_name_no_port():
    first = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    if first <= free_ports._LAST:
        pytest.skip(f"this machine's kernel gives out ports from {first} on: only the locks keep runs apart")
    assert max(free_port() for _ in range(50)) < first


@pytest.fixture
def two_ports(monkeypatch):
    """There are two ports on this machine."""
    first = free_port()
    while first + 1 in free_ports._given or not free_ports._claimed(first + 1):
        first = free_port()
    free_ports._given -= {first, first + 1}
    monkeypatch.setattr(free_ports, "_FIRST", first)
    monkeypatch.setattr(free_ports, "_LAST", first + 1)
    return first, first + 1


@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_DGRAM])
def test_one_that_somebody_else_has_bound_is_not_given(two_ports, kind):
    with socket.socket(socket.AF_INET, kind) as other:
        other.bind((HOST, two_ports[0]))
        assert free_port(kind) == two_ports[1]


def test_when_all_are_taken_it_says_so(two_ports):
    assert {free_port(), free_port()} == set(two_ports)
    with pytest.raises(OSError, match=f"no port between {two_ports[0]} and {two_ports[1]} is free on {HOST}"):
        free_port()


def test_an_address_that_is_not_this_machines_is_an_error():
    with pytest.raises(OSError, match="annot assign requested address"):
        free_port(host="192.0.2.1")
