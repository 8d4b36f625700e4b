"""`ivr bench speech`: made-up callers, the real ear, the real readers; how much of it is understood."""
