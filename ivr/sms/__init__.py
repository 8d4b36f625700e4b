"""SMS: one promise (`sender.py`), one file per carrier. `outbox.py` is the embedded default."""
