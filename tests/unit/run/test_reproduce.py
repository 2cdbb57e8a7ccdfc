"""The command that shows a finding again is complete, and tells nothing that the target told us."""

import shlex

from nhq.run.reproduce import curl


def test_a_read_is_one_line_with_the_key_as_a_variable(target, exchange):
    """Method, key variable, URL."""
    line = curl(exchange(path="/leads?limit=7"), target, [])
    assert line == "curl -sS -i -X GET -H \"Authorization: Bearer $NHQ_KEY_FULL\" 'http://127.0.0.1:9/leads?limit=7'"


def test_our_own_body_is_sent_again_as_it_was(target, exchange):
    """What we made up may be shown, quotes and all."""
    sent = exchange(2, method="POST", path="/lead_lists", request_body=b'{"lead_lists":[{"name":"nhq-it\'s"}]}')
    words = shlex.split(curl(sent, target, [sent]))
    assert '{"lead_lists":[{"name":"nhq-it\'s"}]}' in words


def test_words_that_the_target_told_first_are_hidden(target, exchange):
    """A search for a person found by reading must not name the person."""
    told = exchange(1, body=b'{"data":[{"id":"lead_1","last_name":"Canaryson"}]}')
    sent = exchange(2, path="/leads?query=Canaryson&limit=5")
    assert "Canaryson" not in curl(sent, target, [told, sent])


def test_a_person_in_a_body_is_hidden_too(target, exchange):
    """Importing a lead that exists already repeats its data; the command doesn't."""
    told = exchange(1, body=b'{"data":[{"id":"lead_1","last_name":"Canaryson"}]}')
    sent = exchange(2, method="POST", path="/lead_lists/l/leads", request_body=b'{"last_name":"Canaryson"}')
    assert "Canaryson" not in curl(sent, target, [told, sent])


def test_words_that_we_said_first_stay(target, exchange):
    """What we created and read back is still ours."""
    made = exchange(1, method="POST", path="/x", request_body=b'{"name":"nhq-list"}', body=b'{"name":"nhq-list"}')
    sent = exchange(2, method="POST", path="/x", request_body=b'{"name":"nhq-list"}')
    assert "nhq-list" in curl(sent, target, [made, sent])


def test_a_word_of_the_contract_stays_though_answers_hold_it(target, exchange):
    """`pause` is an action, not a person, even after an answer that said `paused`."""
    told = exchange(1, body=b'{"data":[{"status":"paused"}]}')
    sent = exchange(2, method="POST", path="/campaigns/c/actions", request_body=b'{"action":"pause"}')
    assert '{"action":"pause"}' in curl(sent, target, [told, sent])
