from dialogs.actions.said import read_facts, read_said

METADATA = {"call_id": "c1", "caller_ref": "sv_1", "caller_tail": "1111", "region": "320200", "home_plate": "苏B", "expect": "plate"}


def test_words_bring_all_guesses_once_best_first():
    message = {"text": "苏B一", "intent": {"name": "give_plate", "confidence": 0.7}, "metadata": {"alternatives": ["苏B一", "苏D一"], "expect": "plate"}}
    said = read_said(message)
    assert (said.intent, said.confidence, said.texts, said.expect) == ("give_plate", 0.7, ("苏B一", "苏D一"), "plate")
    assert "苏B" not in repr(said)


def test_guesses_come_with_how_likely_they_are_and_count_together_when_masking_made_them_alike():
    metadata = {"alternatives": ["号码138****", "苏D一", "号码138****"], "shares": [0.5, 0.3, 0.2]}
    said = read_said({"text": "号码138****", "metadata": metadata})
    assert said.texts == ("号码138****", "苏D一")
    assert said.shares == (0.7, 0.3)
    assert read_said({"text": "苏B一", "metadata": {"alternatives": ["苏B一", "苏D一"]}}).shares == ()
    short = read_said({"text": "苏B一", "metadata": {"alternatives": ["苏B一", "苏D一"], "shares": [0.9]}})
    assert short.shares == (0.9, 0.0)


def test_keys_and_events_bring_no_words():
    message = {"text": '/dtmf{"digits": "12"}', "intent": {"name": "dtmf"}, "entities": [{"entity": "digits", "value": "12"}]}
    said = read_said(message)
    assert (said.keys, said.texts, said.confidence) == ("12", (), 1.0)
    assert "12" not in repr(said)


def test_an_entity_of_spoken_words_is_no_key():
    said = read_said({"text": "一二", "entities": [{"entity": "digits", "value": "12"}]})
    assert (said.keys, said.payload) == ("", {})


def test_nothing_at_all_is_not_understood():
    said = read_said({})
    assert (said.intent, said.confidence, said.expect) == ("nlu_fallback", 0.0, "open")


def test_the_facts_of_a_call():
    facts = read_facts({"metadata": METADATA})
    assert (facts.call_id, facts.caller_ref, facts.region, facts.home_plate, facts.order_id) == ("c1", "sv_1", "320200", "苏B", None)
    assert read_facts({}).region == "*"
