"""Encrypted columns: each value opens only in its own column of its own row."""

from ivr.storage.sealed import FieldCipher


class RowCipher:
    """Closes and opens the columns of one row, e.g. `RowCipher(cipher, "case", "M2611230001")`."""

    def __init__(self, cipher: FieldCipher, table: str, key: str) -> None:
        self._cipher = cipher
        self._place = f"{table}:{key}"

    def close(self, column: str, text: str) -> str:
        """Encrypt."""
        return self._cipher.encrypt(text, bound_to=f"{self._place}:{column}")

    def open(self, column: str, closed: str) -> str:
        """Decrypt."""
        return self._cipher.decrypt(closed, bound_to=f"{self._place}:{column}")

    def close_any(self, column: str, text: str | None) -> str | None:
        """Encrypt what is there."""
        return None if text is None else self.close(column, text)

    def open_any(self, column: str, closed: str | None) -> str | None:
        """Decrypt what is there."""
        return None if closed is None else self.open(column, closed)
