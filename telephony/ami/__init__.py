"""Asterisk's manager interface over an asyncio connection of our own."""
