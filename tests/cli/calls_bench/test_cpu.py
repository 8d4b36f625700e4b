"""Processor time out of /proc: of this process, its threads and its children."""

import os
import subprocess
import sys
import threading
import time

from ivr.cli.calls_bench import cpu


def spent(seconds):
    began = cpu.of_process(os.getpid())
    while cpu.of_process(os.getpid()) - began < seconds:
        sum(range(10_000))


def test_work_is_found_at_the_thread_that_did_it():
    enough, over = threading.Event(), threading.Event()

    def work():
        spent(0.1)
        enough.set()
        over.wait(10)

    workers = [threading.Thread(target=work, name=f"work_{number}") for number in range(2)]
    for worker in workers:
        worker.start()
    enough.wait(10)
    names = {worker.native_id: worker.name for worker in workers} | {threading.main_thread().native_id: "MainThread"}
    found = cpu.of_threads(os.getpid(), names)
    over.set()
    for worker in workers:
        worker.join()
    assert found["work"] >= 0.05
    assert "MainThread" in found


def test_a_family_holds_its_children_and_a_stranger_is_nothing():
    with subprocess.Popen([sys.executable, "-c", "sum(range(20_000_000)); input()"], stdin=subprocess.PIPE) as child:
        try:
            assert child.pid in cpu.children(os.getpid())
            while cpu.of_process(child.pid) < 0.1:
                time.sleep(0.01)
            ours = cpu.of_process(os.getpid())
            assert cpu.of_family(os.getpid()) >= ours + 0.1
        finally:
            child.kill()
    assert cpu.of_process(child.pid) == 0


def test_the_machine_was_busy_for_a_part_of_its_time():
    busy, all_of_it = cpu.of_machine()
    assert 0 < busy <= all_of_it
