"""Made-up vehicles and public numbers; the same in every sandbox."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SeedVehicle:
    """One made-up vehicle."""

    plate: str
    plate_type: str
    colour: str
    status: str
    owner_phone: str | None
    """Made-up number; None: no contact on file."""


VEHICLES = (
    SeedVehicle("苏B12345", "02", "白", "A", "13900002222"),
    SeedVehicle("苏BD12345", "52", "黑", "A", "13900003333"),
    SeedVehicle("苏A88888", "02", "黑", "A", "13900004444"),
    # sold: its owner on file no longer has it
    SeedVehicle("苏B77777", "02", "银", "A", "13900005555"),
    # cloned: its owner has it at home
    SeedVehicle("苏B66666", "02", "红", "A", "13900006666"),
    # nobody to reach
    SeedVehicle("苏B00001", "02", "蓝", "A", None),
    # a lorry: yellow plate, the same shape as a car's
    SeedVehicle("苏B54321", "01", "蓝", "A", "13900007777"),
    SeedVehicle("苏E5K678", "02", "白", "A", "13900008888"),
    SeedVehicle("京N8P8F8", "02", "黑", "A", "13900009999"),
    SeedVehicle("沪A12345", "02", "灰", "A", "13900001010"),
    SeedVehicle("粤B12345D", "51", "绿", "A", "13900001212"),
    SeedVehicle("苏B98765", "02", "灰", "GQ", "13900001313"),
    SeedVehicle("浙A6H666", "02", "棕", "A", "13900001414"),
    SeedVehicle("苏BF88888", "52", "白", "A", "13900001515"),
)


def read_vehicles(lines: Iterable[str]) -> list[SeedVehicle]:
    """Read more of them: CSV of plate, plate type, colour, status, the owner's made-up number or nothing."""
    return [SeedVehicle(plate, kind, colour, status, phone or None) for plate, kind, colour, status, phone in csv.reader(lines)]
