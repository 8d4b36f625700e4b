import inspect

from ivr.domain import errors


def test_every_error_has_a_code_of_its_own_and_stands_in_the_tree():
    found = [
        one
        for _, one in inspect.getmembers(errors, inspect.isclass)
        if one.__module__ == errors.__name__
    ]
    assert len({one.code for one in found}) == len(found)
    assert all(issubclass(one, errors.DomainError) for one in found)
    assert all(one.__name__ in (errors.__doc__ or "") for one in found)
