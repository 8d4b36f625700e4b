"""The error tree."""

from telephony import errors


def tree(root: type[errors.TelephonyError]) -> list[type[errors.TelephonyError]]:
    return [root, *(error for child in root.__subclasses__() for error in tree(child))]


def test_every_error_has_a_code_of_its_own_and_stands_in_the_printed_tree() -> None:
    found = tree(errors.TelephonyError)
    assert len({error.code for error in found}) == len(found)
    assert errors.__doc__ is not None
    assert all(f"`{error.__name__}`" in errors.__doc__ for error in found)


def test_every_error_of_a_line_closes_it_with_a_code_that_websockets_knows() -> None:
    codes = {
        error.close_code
        for error in tree(errors.MediaError)
        if issubclass(error, errors.MediaError)
    }
    assert codes == {1000, 1002, 1007, 1008, 1011}
