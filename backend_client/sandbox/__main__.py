"""`python -m backend_client.sandbox --port 8099`: the stand-in backend as a process of its own."""

import argparse
import asyncio
import contextlib
import sys
from pathlib import Path

from backend_client.sandbox.seed import read_vehicles
from backend_client.sandbox.seed_people import read_people
from backend_client.sandbox.server import serve
from backend_client.sandbox.store import More


def _lines(path: Path | None) -> list[str]:
    return [] if path is None else path.read_text("utf-8").splitlines()


def main() -> None:
    """Read the command line and serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m backend_client.sandbox")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8099)
    parser.add_argument("--db", type=Path, default=Path(":memory:"), help="SQLite file")
    parser.add_argument("--key-file", type=Path, help="file with the shared secret")
    parser.add_argument("--vehicles", type=Path, help="CSV of more vehicles: plate,type,colour,status,owner's number")
    parser.add_argument("--people", type=Path, help="CSV of more people: identity number, mobile number, file number of a licence")
    options = parser.parse_args()
    more = More(read_vehicles(_lines(options.vehicles)), read_people(_lines(options.people)))
    key = options.key_file.read_bytes().strip() if options.key_file else b"sandbox"

    def started(port: int) -> None:
        sys.stdout.write(f"sandbox backend on http://{options.host}:{port}\n")
        sys.stdout.flush()

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(options.host, options.port, options.db, key, started=started, more=more))


if __name__ == "__main__":
    main()
