"""An invented JSON API of items, paged and guarded as a test asks; bodies are written byte for byte."""

import base64
from collections.abc import Callable, Iterable
from typing import Any

from connector_sdk.testing import Request, Response, Route, Simulator, as_json

TOKEN = "loan-token"
BASIC = "Basic " + base64.b64encode(b"maria:s3cret").decode()


def item(number: int, updated: str = "2026-01-01T00:00:00Z", value: str = "1.10") -> bytes:
    return b'{"id": "%03d", "updated_at": "%s", "value": %s}' % (number, updated.encode(), value.encode())


class Items(Simulator):
    """`items` are the texts served at `/items`, whatever they are, in their order.

    `updated_since` filters by the text that stands after `updated_at`; `exclusive` leaves out the bound.
    """

    def __init__(self, items: Iterable[bytes] = (), **options: Any) -> None:
        self.items = list(items)
        self.page_size = 3
        self.cap = 1000
        self.auth = "none"
        self.exclusive = False
        self.total: int | None = None
        self.asked: list[dict[str, str]] = []
        self.written: dict[str, bytes] = {}
        self.order: list[str] = []
        self.refused: dict[bytes, Response] = {}
        self.between: Callable[[], Any] = lambda: None
        """What happens after each page."""
        super().__init__(**options)

    def routes(self) -> Iterable[Route]:
        return [
            Route("GET", "/items", self._items),
            Route("GET", "/studies/{study}/items", self._items),
            Route("GET", "/list", lambda _: Response(200, b"[" + b",".join(self.items) + b"]")),
            Route("GET", "/fixed", self._fixed),
            Route("POST", "/oauth/token", self._token),
            Route("POST", "/results", self._write),
            Route("PUT", "/results/{id}", self._put),
        ]

    fixed = Response()
    """What stands at `/fixed`, whatever is asked for."""

    @property
    def config(self) -> dict[str, Any]:
        return {"base_url": self.url}

    def _items(self, request: Request, study: str = "") -> Response:
        del study
        if not self._allowed(request):
            return as_json({"error": {"code": "WHO_ARE_YOU"}}, 401)
        self.asked.append(dict(request.query))
        found = [text for text in self.items if self._since(text, request.query.get("updated_since"))]
        start, size = self._window(request)
        page = found[start : start + size]
        more = str(start + size) if start + size < len(found) else None
        total = len(found) if self.total is None else self.total
        meta = b'{"total": %d, "next": %s}' % (total, b"null" if more is None else b'"%s"' % more.encode())
        self.between()
        return Response(200, b'{"data": [' + b", ".join(page) + b'], "meta": ' + meta + b"}")

    def _fixed(self, request: Request) -> Response:
        self.asked.append(dict(request.query))
        return self.fixed

    def _window(self, request: Request) -> tuple[int, int]:
        size = min(int(request.query.get("size", self.page_size)), self.cap)
        if "page" in request.query:
            return (int(request.query["page"]) - 1) * size, size
        return int(request.query.get("cursor", 0)), size

    def _since(self, text: bytes, bound: str | None) -> bool:
        if bound is None:
            return True
        updated = text.partition(b'"updated_at": "')[2].partition(b'"')[0].decode()
        return updated > bound or (updated == bound and not self.exclusive)

    def _allowed(self, request: Request) -> bool:
        given = {
            "none": True,
            "basic": request.headers.get("Authorization") == BASIC,
            "bearer": request.headers.get("Authorization") == f"Bearer {TOKEN}",
            "api_key": TOKEN in (request.headers.get("X-Key"), request.query.get("key")),
        }
        return given["bearer" if self.auth == "oauth2_client_credentials" else self.auth]

    def _token(self, request: Request) -> Response:
        form = request.form()
        if (form.get("client_id"), form.get("client_secret")) != ("lab", "s3cret"):
            return as_json({"error": "invalid_client"}, 401)
        return as_json({"access_token": TOKEN, "token_type": "Bearer"})

    def _write(self, request: Request) -> Response:
        """Take a record once: what comes again with the same key is answered, and not kept."""
        if request.body in self.refused:
            return self.refused[request.body]
        key = request.headers["Idempotency-Key"]
        self.order.append(key)
        self.written.setdefault(key, request.body)
        return as_json({}, 201)

    def _put(self, request: Request, id: str) -> Response:  # noqa: A002 - the name in the path
        if request.body in self.refused:
            return self.refused[request.body]
        self.order.append(id)
        self.written[id] = request.body
        return as_json({})
