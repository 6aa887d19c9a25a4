"""What the played system stores: once, however often it is asked, and only what it said yes to."""

import http.client

import pytest

from connector_sdk.conformance.player import Fault, Player, aim, faults
from connector_sdk.testing import Caller
from tests.conformance.player.books import RECORDS, book, exchange, logged_in


def test_an_idempotency_key_is_known_again() -> None:
    """The one that a write was answered with before, too; a key to the interface is no such key."""
    with Player(book(), "write.keyed") as player, logged_in(player.url) as caller:
        numbers = []
        for key, body in (("k1", b"a"), ("k1", b"a"), ("k2", b"b"), ("k1", b"other")):
            headers = {"Idempotency-Key": key, "X-Api-Key": "same"}
            numbers.append(caller.ask("POST", "/keyed", body=body, headers=headers).json()["n"])
        assert numbers == [1, 1, 2, 1]
        assert player.stored == {"k1": [b"a"], "k2": [b"b"]}
        assert [seen.writes for seen in player.seen] == [False, True, True, True, True]


def test_a_key_is_known_again_in_another_play() -> None:
    with Player(book(), "write.keyed") as player, logged_in(player.url) as caller:
        for turn, keys in enumerate((("k1", "k2"), ("k2",))):
            if turn:
                player.play("write.keyed")
            for key in keys:
                headers = {"Idempotency-Key": key, "X-Api-Key": "same"}
                answer = caller.ask("POST", "/keyed", body=key.encode(), headers=headers)
        assert answer.json() == {"n": 2}
        assert player.stored == {"k1": [b"k1"], "k2": [b"k2"]}


def test_a_question_by_post_stores_nothing() -> None:
    asks = exchange("x", "POST /query", '{"data": []}', body='{"q": "all"}')
    with Player(book(asks), "read.x.full") as player, Caller(player.url) as caller:
        assert caller.ask("POST", "/query", json={"q": "all"}).json() == {"data": []}
        assert (player.stored, player.seen[0].writes) == ({}, False)


def test_a_write_without_a_key_is_another_one_each_time() -> None:
    with Player(book(), "write.plain") as player, logged_in(player.url) as caller:
        for text in ('{"a":1.5,"b":""}', '{"b":"x","a":1.50}', '{"b":"x","a":1.50}'):
            assert caller.ask("POST", "/plain", body=text.encode()).status == 201
        assert caller.ask("POST", "/plain", body=b'{"a":1.5}').status == 599
        assert caller.ask("POST", "/plain", body=b'{"a":1.5,').status == 599
        assert sorted(len(bodies) for bodies in player.stored.values()) == [1, 1, 1]


def test_what_replaces_is_stored_where_it_stands() -> None:
    with Player(book(), "write.put") as player, logged_in(player.url) as caller:
        for body in (b"1", b"1", b"2"):
            assert caller.ask("PUT", "/things/x", body=body).status == 204
        assert player.stored == {"PUT /things/x": [b"1", b"2"]}


def test_what_the_system_refuses_is_not_stored() -> None:
    with Player(book(), "write.refused") as player, logged_in(player.url) as caller:
        assert caller.ask("POST", "/refused", body=b"{}").status == 422
        assert caller.ask("POST", "/envelope", body=b"{}").status == 200
        assert player.stored == {}


def test_of_a_batch_each_record_stands_for_itself() -> None:
    with Player(book(), "write.batch") as player, logged_in(player.url) as caller:
        for _turn in range(2):
            assert caller.ask("POST", "/batch", body=RECORDS.encode()).status == 200
        assert player.stored == {"POST /batch a": [b'{"id":"a","v":1}']}


@pytest.mark.parametrize("stores", [True, False])
def test_a_fault_strikes_before_or_after_the_write_took_effect(stores: bool) -> None:
    fault = Fault("reset", faults.reset(), aim.on_writes(), stores=stores)
    with Player(book(), "write.keyed", faults=[fault]) as player, logged_in(player.url) as caller:
        headers = {"Idempotency-Key": "k1", "X-Api-Key": "same"}
        with pytest.raises((ConnectionResetError, http.client.RemoteDisconnected)):
            caller.ask("POST", "/keyed", body=b"a", headers=headers)
        assert player.stored == ({"k1": [b"a"]} if stores else {})
        caller.close()
        assert caller.ask("POST", "/keyed", body=b"a", headers=headers).json() == {"n": 1}
        assert player.stored == {"k1": [b"a"]}
