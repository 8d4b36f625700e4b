from ivr.domain import spoken


def test_every_public_name_of_the_ear_is_there():
    assert all(hasattr(spoken, name) for name in spoken.__all__)
    assert len(set(spoken.__all__)) == len(spoken.__all__)
