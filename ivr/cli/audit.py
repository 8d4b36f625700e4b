"""`ivr audit verify | list`: the record of who did what, proved whole or shown."""

import argparse
from typing import Any

from ivr.settings import Settings
from ivr.storage.errors import AuditBroken
from ivr.storage.room import open_storage

_MOST = 1000


def add_options(commands: Any) -> None:
    """Add the command to the command line."""
    audit = commands.add_parser("audit", help="the record of who did what").add_subparsers(dest="what", required=True)
    verify = audit.add_parser("verify", help="prove the record whole; 1 when an entry was changed, left out or cut off")
    verify.set_defaults(work=verify_audit)
    shown = audit.add_parser("list", help="show entries, newest first")
    shown.add_argument("--subject", help="a call, a case, an account")
    shown.add_argument("--actor", help="an account")
    shown.add_argument("--limit", type=int, default=50, help=f"at most so many, up to {_MOST} (50)")
    shown.set_defaults(work=list_audit)


async def verify_audit(settings: Settings, _chosen: argparse.Namespace) -> int:
    """Read the whole chain."""
    async with open_storage(settings) as storage, storage.reading() as uow:
        try:
            entries = await uow.audit.verify()
        except AuditBroken as broken:
            print(f"BROKEN at entry {broken.seq}: it, or one before it, was changed, left out or cut off. Keep a copy of the database.")
            return 1
    print(f"whole: {entries} entries, each chained to the one before")
    return 0


async def list_audit(settings: Settings, chosen: argparse.Namespace) -> int:
    """Show entries."""
    async with open_storage(settings) as storage, storage.reading() as uow:
        found = await uow.audit.page(subject=chosen.subject, actor=chosen.actor, limit=max(1, min(_MOST, chosen.limit)))
    for seq, entry in found:
        facts = " ".join(f"{name}={value}" for name, value in sorted(entry.facts.items()))
        print(f"{seq}\t{entry.at.isoformat(timespec='seconds')}\t{entry.actor}\t{entry.action}\t{entry.subject}\t{facts}")
    return 0
