"""What the service knows, without doing anything: plates, people, places, rules, spoken Chinese.

Pure: no clock, no socket, no log, no settings. Time is an argument; only `rules` reads its own files.
"""
