"""What can go wrong with the dialogue.

DialogueError
└── DialogueDown   no answer in time, none at all, or one that breaks the contract
"""


class DialogueError(Exception):
    """Base of this room's errors; messages never carry what was said."""

    code = "dialogue"


class DialogueDown(DialogueError):
    """The dialogue engine did not answer usefully."""

    code = "dialogue_down"
