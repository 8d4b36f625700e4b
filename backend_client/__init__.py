"""The back door: the core business backend's promise, its wires and a stand-in."""
