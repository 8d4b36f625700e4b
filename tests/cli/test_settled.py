"""What is there when a house has opened is not looked at by the garbage collector; what comes after it is."""

import gc
import weakref

from ivr.cli.settled import settled_heap


class Node:
    """Points at itself: only a collection takes it."""

    def __init__(self) -> None:
        self.itself = self


def test_what_was_there_before_is_kept_until_the_end_and_what_comes_later_is_collected() -> None:
    gc.collect()
    before = gc.get_freeze_count()
    old = Node()
    old_gone = weakref.ref(old)
    with settled_heap():
        assert gc.get_freeze_count() > before
        del old
        new_gone = weakref.ref(Node())
        gc.collect()
        assert old_gone() is not None
        assert new_gone() is None
    assert gc.get_freeze_count() == 0
    gc.collect()
    assert old_gone() is None
