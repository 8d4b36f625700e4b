from ivr.dialogue.errors import DialogueDown, DialogueError


def test_each_error_has_a_code_for_machines():
    assert issubclass(DialogueDown, DialogueError)
    assert {DialogueError.code, DialogueDown.code} == {"dialogue", "dialogue_down"}
