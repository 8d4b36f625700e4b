"""What `ivr bench calls` is made of: an exchange, a house in a process of its own, and a crowd of callers."""
