"""Requests that a proxy in front could read otherwise than the server does, each with another one
hidden behind: the hidden one is never answered, never run."""

import uuid

import pytest

from support.contract import check_failure
from support.raw import RawConnection

POST = b"POST /v2/access/email/send-otp HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
GET = b"GET /healthz HTTP/1.1\r\nHost: a\r\n"

# Heads whose end, or whose body's end, is in doubt. What follows is taken for a body by one, for a
# request by another.
DOUBTFUL = {
    "two lengths": POST + b"Content-Length: 0\r\nContent-Length: 60\r\n\r\n",
    "two lengths in one": POST + b"Content-Length: 0, 60\r\n\r\n",
    "the same length twice": POST + b"Content-Length: 0\r\nContent-Length: 0\r\n\r\n",
    "length and chunks": POST + b"Content-Length: 60\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks and length": POST + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    "length with a sign": POST + b"Content-Length: +0\r\n\r\n",
    "length below zero": POST + b"Content-Length: -1\r\n\r\n",
    "length in hexadecimal": POST + b"Content-Length: 0x0\r\n\r\n",
    "length with a blank": POST + b"Content-Length: 0 0\r\n\r\n",
    "length beyond 64 bits": POST + b"Content-Length: 18446744073709551616\r\n\r\n",
    "no length": POST + b"Content-Length:\r\n\r\n",
    "blank before a colon": POST + b"Content-Length : 60\r\n\r\n",
    "tab before a colon": POST + b"Transfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n",
    "blank before a name": POST + b" Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "folded": POST + b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
    "vertical tab": POST + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
    "quoted": POST + b'Transfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n',
    "chunked and more": POST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "more and chunked": POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "chunked twice": POST + b"Transfer-Encoding: chunked\r\n" * 2 + b"\r\n0\r\n\r\n",
    "chunked and other": POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n",
    "nearly chunked": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "NUL in a name": POST + b"Transfer-Encoding\x00: chunked\r\n\r\n0\r\n\r\n",
    "NUL in a value": POST + b"Content-Length: 0\x00\r\n\r\n",
    "a lone line feed": POST + b"X: y\nContent-Length: 60\r\n\r\n",
    "a lone carriage return": POST + b"X: y\rContent-Length: 60\r\n\r\n",
    "an empty line of a line feed": POST + b"Content-Length: 0\r\n\n",
    "two hosts": b"GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "a whole URL": b"GET http://b/healthz HTTP/1.1\r\nHost: a\r\n\r\n",
    "an old version with chunks": b"POST /v2/access/email/send-otp HTTP/1.0\r\n"
                                  b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a blank in the target": b"GET /healthz /x HTTP/1.1\r\nHost: a\r\n\r\n",
    "no version": b"GET /healthz\r\n\r\n",
    "a colon alone": GET + b": x\r\n\r\n",
    "no colon": GET + b"Content-Length 60\r\n\r\n",
}

# Bodies in chunks that have no clear end.
CHUNKS = {
    "size below zero": b"-1\r\n\r\n", "size beyond 64 bits": b"10000000000000000\r\n",
    "size with a prefix": b"0x5\r\nhello\r\n0\r\n\r\n",
    "size with a blank": b"5 \r\nhello\r\n0\r\n\r\n",
    "no size": b"\r\nhello\r\n0\r\n\r\n", "size that is none": b"G\r\nhello\r\n0\r\n\r\n",
    "chunk too long": b"5\r\nhelloo\r\n0\r\n\r\n", "chunk too short": b"5\r\nhell\r\n0\r\n\r\n",
    "line feeds alone": b"5\nhello\n0\n\n",
    "feed in an extension": b"5;a\nb\r\nhello\r\n0\r\n\r\n",
}


def hidden_request(token):
    """Answered, and seen in the log, only by who takes it for a request."""
    name = "hidden-" + uuid.uuid4().hex
    head = (f"GET /v2/access/projects HTTP/1.1\r\nHost: a\r\nX-Request-Id: {name}\r\n"
            f"Authorization: Bearer {token}\r\n\r\n")
    return name, head.encode()


def answers_to(server, data):
    with RawConnection(server, timeout=10) as connection:
        connection.send(data)
        connection.socket.shutdown(1)  # Nothing more is coming: no time-out is waited for.
        found = []
        while (answer := connection.read()) is not None:
            found.append(answer)
        return found


@pytest.mark.parametrize("name", DOUBTFUL)
def test_a_doubtful_head_hides_nothing(server, api, name):
    hidden, request = hidden_request(api.token)

    answers = answers_to(server, DOUBTFUL[name] + request)

    assert [answer.code for answer in answers] == ["MALFORMED_HTTP"]
    check_failure(400, answers[0].json)
    assert answers[0].headers["Connection"] == "close"
    assert hidden not in server.log()


@pytest.mark.parametrize("name", CHUNKS)
def test_a_doubtful_chunk_hides_nothing(server, api, name):
    hidden, request = hidden_request(api.token)
    head = POST + (f"Authorization: Bearer {api.token}\r\n"
                   "Transfer-Encoding: chunked\r\n\r\n").encode()

    answers = answers_to(server, head + CHUNKS[name] + request)

    assert len(answers) <= 1
    assert all(answer.code in ("MALFORMED_HTTP", "BODY_TOO_LARGE") for answer in answers)
    assert hidden not in server.log()


def test_what_is_not_hidden_is_answered(server, api):
    """Or nothing above would prove anything."""
    first, request = hidden_request(api.token)
    second, other = hidden_request(api.token)

    answers = answers_to(server, request + other)

    assert [answer.status for answer in answers] == [200, 200]
    assert first in server.log() and second in server.log()


def test_a_refused_request_with_a_body_hides_nothing_in_it(server, api):
    """Without a token the refusal comes before the body is read."""
    hidden, request = hidden_request(api.token)
    head = POST + f"Content-Length: {len(request)}\r\n\r\n".encode()

    answers = answers_to(server, head + request)

    assert [answer.code for answer in answers] == ["MISSING_TOKEN"]
    assert hidden not in server.log()
