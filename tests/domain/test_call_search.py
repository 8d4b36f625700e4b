"""What is looked for among the calls."""

from datetime import UTC, datetime

from ivr.domain.call_search import CallQuery, bare, pieces, was_said


def test_pauses_and_case_do_not_matter() -> None:
    assert bare("苏B，一二三 四五。") == bare("苏b一二三四五")


def test_a_text_is_indexed_by_every_two_neighbours() -> None:
    assert pieces("清扬路，68号") == {"清扬", "扬路", "路6", "68", "8号"}
    assert pieces("路") == frozenset()


def test_words_are_found_in_one_piece_only() -> None:
    assert was_said("清扬路", ["在清扬，路口"])
    assert not was_said("清扬路", ["清扬", "扬路"])


def test_a_query_tells_which_facts_it_names_and_never_their_values() -> None:
    query = CallQuery(since=datetime(2026, 11, 23, tzinfo=UTC), tail="1111", words="清扬路", least_seconds=0.0)
    assert query.named == ("since", "least_seconds", "tail", "words")
    assert "1111" not in repr(query)
    assert "清扬路" not in repr(query)
