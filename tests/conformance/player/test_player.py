"""Playing a book: what is answered, who may ask, what comes in turn, and what is remembered of it all."""

from decimal import Decimal

import pytest

from connector_sdk.conformance.player import Fault, Player, Reply, Seen, aim, faults
from connector_sdk.testing import Caller
from connector_sdk.testing.wire import Sent
from tests.conformance.player.books import CLOCK, book, exchange, logged_in


def test_a_scenario_is_answered_from_the_book() -> None:
    with Player(book(), "read.items.full", date=CLOCK) as player, logged_in(player.url) as caller:
        first = caller.ask("GET", "/items", query={"page": "1"})
        assert (first.status, first.headers["Content-Type"]) == (200, "application/json")
        assert first.headers["Date"] == "Fri, 02 Jan 2026 03:04:05 GMT"
        assert first.body == b'{"data":[{"id":"1","n":1.50}],"next":"%s/items?page=2"}' % player.url.encode()
        assert player.unserved() == ["p2"]
        second = caller.ask("GET", "/%69tems?page=2")
        assert second.json() == {"data": [{"id": "2", "n": Decimal(2)}]}
        assert (player.unserved(), player.unmatched()) == ([], [])
        assert [(seen.exchange, seen.index, seen.nth) for seen in player.seen] == [
            ("token", -1, 0),
            ("p1", 0, 0),
            ("p2", 1, 0),
        ]
        seen = player.seen[1]
        assert (seen.number, seen.method, seen.path, seen.query) == (1, "GET", "/items", {"page": "1"})
        assert (seen.target, seen.status, seen.fault, seen.writes) == ("/items?page=1", 200, None, False)
        assert player.ports == {int(player.url.rpartition(":")[2])}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/items"),
        ("GET", "/items?page=1&limit=5"),
        ("GET", "/items?page=1&page=1"),
        ("GET", "/items/?page=1"),
        ("POST", "/items?page=1"),
        ("GET", "/job"),
        ("GET", "//[?page=1"),
    ],
)
def test_what_the_book_does_not_have_is_told_as_that(method: str, path: str) -> None:
    with Player(book(), "read.items.full") as player, logged_in(player.url) as caller:
        assert caller.ask(method, path).status == 599
        assert [seen.target for seen in player.unmatched()] == [path]
        assert (player.seen[-1].exchange, player.seen[-1].index, player.seen[-1].status) == (None, -1, 599)


def test_only_live_tokens_open_the_door() -> None:
    with Player(book(), "read.items.full") as player, Caller(player.url) as caller:
        assert caller.ask("GET", "/items?page=1").status == 401
        assert caller.ask("GET", "/items?page=1", headers={"X": "Bearer tok-0"}).status == 401
        token = caller.ask("POST", "/token").json()["access_token"]
        other = caller.ask("POST", "/token").json()["access_token"]
        assert player.tokens == [token, other]
        assert token != other
        for live in (token, other):
            assert caller.ask("GET", "/items?page=1", headers={"Cookie": f"session={live}"}).status == 200
        assert player.unserved() == ["p2"]
        assert [seen.nth for seen in player.seen if seen.exchange == "p1"] == [0, 1, 2, 3]
        with Player(book(), "read.items.full") as neighbour, logged_in(neighbour.url) as stranger:
            assert caller.ask("GET", "/items?page=1", headers=stranger.headers).status == 401


def test_a_refusal_that_a_fault_gives_ends_the_tokens() -> None:
    fault = Fault("expired", faults.answering(401), aim.on_data(0))
    with Player(book(), "read.items.full", faults=[fault]) as player, logged_in(player.url) as caller:
        assert [caller.ask("GET", "/items?page=1").status for _ in range(2)] == [401, 401]
        with logged_in(player.url) as renewed:
            assert renewed.ask("GET", "/items?page=1").status == 200
        assert [seen.fault for seen in player.seen] == [None, "expired", None, None, None]


def test_listed_headers_are_required() -> None:
    guarded = exchange("x", "GET /x", "{}", headers={"X-Api-Key": "k-1", "Accept": "a${any}"})
    with Player(book(guarded), "read.x.full") as player, Caller(player.url) as caller:
        for headers in ({}, {"X-Api-Key": "k-2", "Accept": "a"}, {"X-Api-Key": "k-1", "Accept": "b"}):
            assert caller.ask("GET", "/x", headers=headers).status == 401
        assert player.unserved() == ["x"]
        assert caller.ask("GET", "/x", headers={"x-api-KEY": "k-1", "Accept": "a/b"}).status == 200


def test_of_exchanges_for_the_same_request_the_one_whose_headers_fit_answers() -> None:
    both = (exchange(name, "GET /x", f'"{name}"', headers={"X": name}) for name in ("a", "b"))
    with Player(book(*both), "read.x.full") as player, Caller(player.url) as caller:
        assert [caller.ask("GET", "/x", headers={"X": name}).json() for name in "bab"] == ["b", "a", "b"]


def test_the_same_request_is_answered_in_turn_and_the_last_again_and_again() -> None:
    with Player(book(), "read.job.full") as player, logged_in(player.url) as caller:
        answers = [caller.ask("GET", "/job") for _ in range(4)]
        assert [answer.json()["state"] for answer in answers] == ["pending", "done", "done", "done"]
        assert answers[0].headers["X-Quota"] == "1/9"
        assert [seen.index for seen in player.seen[1:]] == [0, 1, 1, 1]
        assert [seen.nth for seen in player.seen[1:]] == [0, 0, 1, 2]
        player.play("read.job.full")
        assert caller.ask("GET", "/job").json()["state"] == "pending"
        assert (player.seen[-1].nth, len(player.seen), len(player.tokens)) == (0, 6, 1)


@pytest.mark.parametrize("change", [faults.answering(503), faults.html(), faults.empty()])
def test_an_answer_that_was_spoiled_is_given_again(change: faults.Change) -> None:
    with Player(book(), "read.job.full") as player, logged_in(player.url) as caller:
        player.inject(Fault("spoiled", change, aim.on_data(0)))
        caller.ask("GET", "/job")
        assert player.unserved() == ["pending", "done"]
        assert caller.ask("GET", "/job").json() == {"state": "pending"}


def test_an_answer_that_is_only_another_one_counts_as_given() -> None:
    fault = Fault("other", faults.with_body(lambda tree: {**tree, "more": None}), aim.on_data(0))
    with Player(book(), "read.job.full", faults=[fault]) as player, logged_in(player.url) as caller:
        assert caller.ask("GET", "/job").json() == {"state": "pending", "more": None}
        assert caller.ask("GET", "/job").json() == {"state": "done"}
        assert player.unserved() == []


def test_faults_strike_as_often_as_told_the_first_of_them_each_time() -> None:
    struck = [
        Fault("once", faults.answering(500), aim.on_data()),
        Fault("twice", faults.answering(502), aim.on_data(), times=2, expect=(2, 2)),
        Fault("always", faults.answering(504), aim.on_exchange("pending"), times=None, expect=(1, 1)),
        Fault("never", faults.reset(), aim.on_token(), expect=(0, 0)),
        Fault("unmet", faults.reset(), aim.on_writes()),
    ]
    with Player(book(), "read.job.full") as player, logged_in(player.url) as caller:
        player.inject(*struck)
        assert player.unfired() == ["once", "twice", "always", "unmet"]
        assert [caller.ask("GET", "/job").status for _ in range(4)] == [500, 502, 502, 504]
        assert player.unfired() == ["unmet"]
        assert caller.ask("GET", "/job").status == 504
        assert player.unfired() == ["always", "unmet"]
        assert [seen.fault for seen in player.seen[1:]] == ["once", "twice", "twice", "always", "always"]
        assert [seen.status for seen in player.seen[1:]] == [500, 502, 502, 504, 504]


def test_without_the_injector_no_fault_strikes() -> None:
    fault = Fault("down", faults.answering(500), aim.everything(), times=None)
    with Player(book(), "read.job.full", faults=[fault], injecting=False) as player:
        with logged_in(player.url) as caller:
            assert caller.ask("GET", "/job").status == 200
        assert player.unfired() == ["down"]
        assert {seen.fault for seen in player.seen} == {None}


def test_faults_see_the_request_and_the_answer_they_spoil() -> None:
    met: list[tuple[Seen, Reply]] = []

    def change(seen: Seen, reply: Reply) -> Sent:
        met.append((seen, reply))
        return Sent(b"no status", "close")

    with Player(book(), "read.items.full") as player, logged_in(player.url) as caller:
        player.inject(Fault("mine", change, lambda seen: seen.nth == 1))
        caller.ask("GET", "/items?page=2")
        with pytest.raises(Exception, match="no status"):
            caller.ask("GET", "/items?page=2")
        assert player.seen[-1].status is None
    [(seen, reply)] = met
    assert (seen.exchange, seen.nth, seen.index, seen.fault, seen.status) == ("p2", 1, 1, "mine", None)
    assert (reply.status, reply.body) == (200, b'{"data":[{"id":"2","n":2}]}')


def test_elsewhere_is_another_origin_that_keeps_what_arrives() -> None:
    with Player(book(), "read.items.full") as player:
        assert len(player.ports) == 1
        other = player.elsewhere.url
        assert len(player.ports) == 2
        with Caller(other) as caller:
            assert caller.ask("GET", "/any", headers={"X": "1"}).json() == {}
        assert [(asked.target, asked.headers["x"]) for asked in player.elsewhere.asked] == [("/any", "1")]
        assert (player.seen, other != player.url) == ([], True)


def test_the_head_of_an_answer_is_all_that_is_sent_to_those_who_ask_for_it() -> None:
    with Player(book(exchange("x", "HEAD /x", '{"a": 1}')), "read.x.full") as player:
        with Caller(player.url) as caller:
            for _turn in range(2):
                answer = caller.ask("HEAD", "/x")
                assert (answer.body, answer.headers["Content-Length"]) == (b"", "7")
        assert len(player.seen) == 2


def test_a_scenario_that_the_book_does_not_have_cannot_be_played() -> None:
    with pytest.raises(LookupError, match="nothing"):
        Player(book(), "read.nothing.full")
