"""More vehicles than every sandbox has, out of a file."""

import asyncio
import sys

from backend_client.http import HttpBackend
from backend_client.sandbox.seed import SeedVehicle, read_vehicles
from backend_client.sandbox.seed_people import id_number, read_people

LEARNER, DRIVER = id_number("320200", "19880101", 1), id_number("320200", "19880101", 2)


def test_a_line_is_a_vehicle_and_may_have_no_owner_to_reach() -> None:
    assert read_vehicles(["苏B10001,02,白,A,13910001000", "苏B10002,02,黑,GQ,"]) == [
        SeedVehicle("苏B10001", "02", "白", "A", "13910001000"), SeedVehicle("苏B10002", "02", "黑", "GQ", None),
    ]  # fmt: skip


def test_a_line_is_somebody_who_learns_or_who_drives() -> None:
    learner, driver = read_people([f"{LEARNER},13500000000,", f"{DRIVER},13500000001,000001"])
    assert learner.learner is not None
    assert learner.licence is None
    assert driver.learner is None
    assert driver.licence is not None
    assert driver.licence.file_tail == "000001"


async def test_the_process_takes_them(tmp_path) -> None:
    (tmp_path / "vehicles.csv").write_text("苏B10001,02,白,A,13910001000\n", "utf-8")
    (tmp_path / "people.csv").write_text(f"{LEARNER},13500000000,\n", "utf-8")
    sandbox = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "backend_client.sandbox", "--port", "0", "--vehicles", tmp_path / "vehicles.csv",
        "--people", tmp_path / "people.csv", stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        assert sandbox.stdout is not None
        url = (await sandbox.stdout.readline()).decode().split()[-1]
        (tmp_path / "vehicles.csv").unlink()
        (tmp_path / "people.csv").unlink()
        async with HttpBackend(url, b"sandbox") as backend:
            found = await backend.find_vehicle("苏B10001", "02")
            assert found is not None
            person = await backend.find_person(LEARNER)
            assert person is not None
            assert person.phone_tail == "0000"
            assert await backend.move_dial(found.contact_token or "") == "13910001000"
    finally:
        sandbox.terminate()
        await sandbox.wait()
