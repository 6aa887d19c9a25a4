"""What the HTTP stack adds to a request: bare httpx and ours, in turn, against one server on loopback."""

import json
import multiprocessing
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import NamedTuple

import httpx  # noqa: TID251 - what ours is compared with

from connector_sdk.http.auth import BearerToken
from connector_sdk.http.client import Http
from connector_sdk.http.policy import HttpPolicy
from connector_sdk.secrets import Secret

ROUNDS, CALLS = 30, 100
BODY = json.dumps({"data": [{"id": f"{number:018}", "name": "n" * 80} for number in range(10)]}).encode()
ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Request-Id: 0123456789\r\n"
    b"Date: Sun, 22 Nov 2026 10:00:00 GMT\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)
)


class HttpCost(NamedTuple):
    """Medians, in ms a request."""

    bare: float
    ours: float
    bare_cpu: float
    ours_cpu: float


def measure() -> HttpCost:
    """Return the cost of a small GET with a bearer token, connections kept; the CPU is the client's."""
    with _server() as url:
        policy = HttpPolicy("bench", url, (url.partition("://")[2],), auth=BearerToken(Secret("token")))
        with httpx.Client(headers={"Authorization": "Bearer token"}) as bare, Http(policy) as ours:
            calls: list[Callable[[], object]] = [
                lambda: bare.get(f"{url}/v1/items", params={"page": 1}).content,
                lambda: ours.get("/v1/items", params={"page": 1}).content,
            ]
            for call in calls:
                _timed(call)
            rounds = [[_timed(call) for call in calls] for _ in range(ROUNDS)]
    walls = ([wall for each in rounds for wall in each[which][0]] for which in (0, 1))
    cpus = ([each[which][1] for each in rounds] for which in (0, 1))
    return HttpCost(*(statistics.median(values) * 1e3 for values in (*walls, *cpus)))


def _timed(call: Callable[[], object]) -> tuple[list[float], float]:
    """Return the seconds of each call, and the seconds of CPU of one on average."""
    walls = []
    cpu = time.thread_time()
    for _ in range(CALLS):
        began = time.perf_counter()
        call()
        walls.append(time.perf_counter() - began)
    return walls, (time.thread_time() - cpu) / CALLS


@contextmanager
def _server() -> Iterator[str]:
    """Serve in a process of its own, so that it does not share an interpreter with those it serves."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(there,), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{here.recv()}"
    finally:
        process.terminate()
        process.join()


def _serve(ready: Connection) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ready.send(listener.getsockname()[1])
        while True:
            connection, _ = listener.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=_answer, args=(connection,), daemon=True).start()


def _answer(connection: socket.socket) -> None:
    """Answer each request; they are small, and come whole."""
    while connection.recv(65536):
        connection.sendall(ANSWER)


if __name__ == "__main__":
    print(measure())
