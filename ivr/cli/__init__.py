"""The command `ivr`: runs the house, calls it, looks after it."""
