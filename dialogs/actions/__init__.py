"""What the dialogue answers.

said.py        what one message brought, read from Rasa's tracker
talk.py        what is remembered between messages (one slot)
urgency.py     life first, before any slot
plan.py        car moving: what was understood, what is asked next (pure)
corrections.py what may change of it, and what may not (pure)
assent.py      is it a yes, for sure (pure)
wishes.py      commands told in so many words (pure)
car_move.py    car moving: asks the services and answers
case_talk.py   a request already filed: status, reminder, moved, not moved
owner.py       the call to an owner
commands.py    repeat, wait, cancel, start again, questions in between, services not here yet
words.py       every sentence that is said
turn.py        the one action Rasa runs: chooses among the above
"""
