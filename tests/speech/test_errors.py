"""The error tree of the room."""

from ivr.speech import errors


def test_every_error_has_a_code_of_its_own_and_stands_in_the_picture():
    kinds = [errors.SpeechError, *errors.SpeechError.__subclasses__()]
    assert len({kind.code for kind in kinds}) == len(kinds) == 7
    assert all(kind.__name__ in errors.__doc__ for kind in kinds)
