"""The front door: Asterisk's protocols, usable without the rest of the house."""
