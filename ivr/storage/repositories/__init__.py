"""One file per kind of record: statements, encryption, and the way between rows and dataclasses.

Every repository belongs to one transaction and keeps the promise of the same name in
`ivr.services.ports`.
"""
