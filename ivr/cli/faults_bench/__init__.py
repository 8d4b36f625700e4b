"""What `ivr bench faults` is made of: a house whose parts are killed, and callers who tell what they heard."""
