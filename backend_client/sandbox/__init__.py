"""A stand-in for the core business backend: a real HTTP server with its own SQLite file.

Keeps `openapi.yaml`, knows only made-up vehicles, and can be told to be slow, down or wrong.
"""

from backend_client.sandbox.server import serve

__all__ = ["serve"]
