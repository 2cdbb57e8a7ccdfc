"""The command that shows a finding again is complete, and tells nothing that the target told us."""

import json
import shlex
import subprocess

import pytest

from nhq.run.reproduction import curl_command


def test_a_read_is_one_line_with_the_key_as_a_variable(target, exchange):
    """Method, key variable, URL."""
    line = curl_command(exchange(path="/leads?limit=7"), target, [])
    assert line == "curl -sS -i -X GET -H \"Authorization: Bearer $NHQ_KEY_FULL\" 'http://127.0.0.1:9/leads?limit=7'"


def test_our_own_body_is_sent_again_as_it_was(target, exchange):
    """What we made up may be shown, quotes and all."""
    sent = exchange(2, method="POST", path="/lead_lists", request_body=b'{"lead_lists":[{"name":"nhq-it\'s"}]}')
    words = shlex.split(curl_command(sent, target, [sent]))
    assert '{"lead_lists":[{"name":"nhq-it\'s"}]}' in words


def test_a_search_word_is_read_from_the_target_again(target, exchange):
    """The command names no person, and finds the one that was found."""
    told = exchange(1, path="/leads?limit=2", body=b'{"data":[{"id":"lead_1","last_name":"Canaryson Smith"}]}')
    line = curl_command(exchange(2, path="/leads?query=CANARYSON&limit=5"), target, [told])
    assert "canaryson" not in line.lower()
    assert "'http://127.0.0.1:9/leads?limit=2' | python3 -c" in line
    assert '["data"][0]["last_name"].upper()[0:9]' in line
    assert line.endswith("'&limit=5'")


def test_a_cursor_with_a_name_in_it_is_read_page_by_page(target, exchange):
    """Where a page was asked for by such a cursor too, that one is read first."""
    page = '{"data":[],"pagination":{"next_cursor":"%s"}}'
    pages = [exchange(1, path="/leads?limit=2", body=(page % "Kanar-a").encode())]
    pages += [exchange(2, path="/leads?limit=2&cursor=Kanar-a", body=(page % "Kanar-b").encode())]
    line = curl_command(exchange(3, path="/leads?limit=2&cursor=Kanar-b"), target, pages)
    assert "Kanar" not in line
    assert line.count('["pagination"]["next_cursor"]') == 2


def test_an_id_made_from_a_name_is_made_again(target, exchange):
    """The id of nothing is like one that the target told: what they share is read, the rest is ours."""
    told = exchange(1, body=b'{"data":[{"id":"jane.doe@example.com"}]}')
    line = curl_command(exchange(2, path="/leads/jane.doe@examqqq.xyz"), target, [told])
    assert "jane" not in line
    assert '["id"][0:13] + "qqq.xyz"' in line


def test_an_id_that_no_answer_told_is_left_out_with_its_reason(target, exchange):
    """It may stand in the target file; then a comment takes the command's place."""
    line = curl_command(exchange(2, path="/leads/jane.doe@example.com"), target, [])
    assert line.startswith("# no curl: ")
    assert "jane" not in line


def test_a_body_is_made_anew(target, exchange):
    """A person in a body is read again, or, where that can't be, another one of ours stands there."""
    told = exchange(1, method="POST", path="/x", body='{"data":[{"last_name":"Žofie"}]}'.encode())
    read = exchange(2, body=b'{"data":[{"id":"lead_1","first_name":"Canary"}]}')
    sent = b'{"last_name":"Zofie","first_name":"Canary","email":"zofie@x.test","notes":"nhq"}'
    line = curl_command(exchange(3, method="POST", path="/x/1", request_body=sent), target, [told, read])
    assert not {"zofie", "canary", "‹"} & set(line.lower().replace("'", " ").replace('"', " ").split())
    assert '"last_name": "nhq-1"' in line
    assert '["data"][0]["first_name"]' in line
    assert line.startswith(": 'nhq-1: in place of data of the target'; curl")


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("Bearer secret-full", '"Authorization: Bearer $NHQ_KEY_FULL"'),
        ("Bearer x secret-full", '"Authorization: Bearer x $NHQ_KEY_FULL"'),
        ("Bearer secret-full0", '"Authorization: Bearer ${NHQ_KEY_FULL}0"'),
        ("Bearer secret-fuzz", '"Authorization: Bearer ${NHQ_KEY_FULL%??}zz"'),
        ("Bearer not-a-key", '"Authorization: Bearer not-a-key"'),
        ("SECRET-FULL", """"Authorization: $(printf %s "$NHQ_KEY_FULL" | tr 'A-Za-z' 'a-zA-Z')\""""),
        (
            "Basic c2VjcmV0LWZ1bGw6",
            """"Authorization: Basic $(printf '%s:' "$NHQ_KEY_FULL" | base64 | tr -d '\\n')\"""",
        ),
    ],
)
def test_what_a_test_made_of_a_key_is_made_of_its_variable(target, exchange, sent, shown):
    """A key with something behind it, cut, altered, in the other case or as a user's name."""
    line = curl_command(exchange(request_headers={"authorization": sent}), target, [])
    assert shown in line
    assert "secret" not in line.lower()


def test_every_command_is_one_for_a_shell(target, exchange):
    """Quotes, line ends, bytes that are no text: a shell reads the command, and finds nothing open in it."""
    bodies = [b'it\'s\n"$HOME" `x`', b"\x00\xff", b"@file", b"{", json.dumps({"a": "'\"\u2028"}).encode()]
    for body in bodies:
        line = curl_command(exchange(method="POST", path="/x?a=[1]&b=%27", request_body=body), target, [])
        assert subprocess.run(["sh", "-n", "-c", line], check=False).returncode == 0
        assert "‹" not in line


def test_a_body_too_long_for_a_command_is_left_out_with_its_reason(target, exchange):
    """A command that is cut off doesn't run."""
    line = curl_command(exchange(method="POST", request_body=b"[" + b"1," * 20_000 + b"1]"), target, [])
    assert line == "# no curl: the body has 40,003 bytes"


def test_words_that_we_said_first_stay(target, exchange):
    """What we created and read back is still ours."""
    made = exchange(1, method="POST", path="/x", request_body=b'{"name":"nhq-list"}', body=b'{"name":"nhq-list"}')
    sent = exchange(2, method="POST", path="/x", request_body=b'{"name":"nhq-list"}')
    assert "nhq-list" in curl_command(sent, target, [made, sent])


def test_a_word_of_the_contract_stays_though_answers_hold_it(target, exchange):
    """`pause` is an action, not a person, even after an answer that said `paused`."""
    told = exchange(1, body=b'{"data":[{"status":"paused"}]}')
    sent = exchange(2, method="POST", path="/campaigns/c/actions", request_body=b'{"action":"pause"}')
    assert '{"action":"pause"}' in curl_command(sent, target, [told, sent])


def test_ids_in_one_parameter_are_each_read_again(target, exchange):
    """What a command adds to the first of a list once was the second one's address."""
    told = exchange(1, path="/lead_lists", body=b'{"data":[{"id":"list.kanar@x.test.1"},{"id":"list.quux@x.test.2"}]}')
    line = curl_command(
        exchange(2, path="/leads?list_ids=list.kanar%40x.test.1,list.quux%40x.test.2&limit=5"), target, [told]
    )
    assert not [word for word in ("kanar", "quux") if word in line]
    assert line.count("python3 -c") == 2


def test_what_is_added_to_a_text_read_again_tells_nothing_either(target, exchange):
    """An id made of two people's names can't be spelt without the second."""
    told = exchange(1, path="/leads", body=b'{"data":[{"id":"jane.doe@example.com","last_name":"Canaryson"}]}')
    line = curl_command(exchange(2, path="/leads/jane.doe@example.com;canaryson"), target, [told])
    assert line.startswith("# no curl: ")
    assert "anaryson" not in line
