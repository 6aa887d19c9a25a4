"""Connectors that nobody can watch, that tell too much, or that leave things behind."""

from tests.conformance.mutants.mutant import Mutant

_KEPT = """
from connector_sdk.http.client import _Kept

record = _Kept.record
"""

MUTANTS = (
    Mutant(
        rule="AUD-01",
        base="lims",
        words="writes past what records its calls",
        saw=r"results: 3 writes were sent, and 0 are recorded",
        spoils=_KEPT
        + """
_Kept.record = lambda self, call: None if call.path == "/results" else record(self, call)
""",
    ),
    Mutant(
        rule="AUD-02",
        base="lims",
        words="records a refused write as done",
        saw=r"a refused write is not recorded as refused",
        spoils=_KEPT
        + """

def flattering(self, call):
    if call.path == "/results" and call.status == 422:
        call.code = None
    record(self, call)


_Kept.record = flattering
""",
    ),
    Mutant(
        rule="OBS-01",
        base="lims",
        words="does not say in its spans which port it called",
        saw=r"spans lack server\.port",
        spoils="""
from connector_sdk.http.layers import spans

described = spans._described
spans._described = lambda exchange: {n: v for n, v in described(exchange).items() if n != "server.port"}
""",
    ),
    Mutant(
        rule="OBS-02",
        base="lims",
        words="does not say in its spans which attempt it was",
        saw=r"http\.request\.resend_count of three attempts is \[None, None, None\]",
        spoils="""
from connector_sdk.http.layers import spans

within = spans._within


def uncounted(tracer, kind, attributes, request, send):
    attributes.pop("http.request.resend_count", None)
    return within(tracer, kind, attributes, request, send)


spans._within = uncounted
""",
    ),
    Mutant(
        rule="OBS-03",
        base="lims",
        words="does not say in its spans what failed",
        saw=r"a 503: its span does not tell of an error",
        spoils="""
from connector_sdk.http.layers import spans

spans.failed = lambda span, error: None
""",
    ),
    Mutant(
        rule="OBS-05",
        base="lims",
        words="does not measure requests that failed",
        saw=r"http\.client\.request\.duration counts \d requests, and \d were sent",
        spoils="""
from connector_sdk.http.layers import spans

measured = spans.request_finished
spans.request_finished = lambda **told: None if told["error"] else measured(**told)
""",
    ),
    Mutant(
        rule="PHI-02",
        base="safety",
        words="warns about its own password",
        saw=r"a warning held a secret",
        changes=(
            (
                "        return BasicAuth(",
                (
                    "        import warnings\n\n"
                    '        warnings.warn(f"old: {self.config.password.reveal()}", stacklevel=1)\n'
                    "        return BasicAuth("
                ),
            ),
        ),
    ),
    Mutant(
        rule="PHI-06",
        base="safety",
        words="calls home when it reads",
        saw=r"a connection to 127\.0\.0\.1:9 was tried",
        changes=(
            (
                '        after, asked, came = "", set[str](), 0\n',
                (
                    '        after, asked, came = "", set[str](), 0\n'
                    "        import contextlib, socket\n\n"
                    "        with contextlib.suppress(OSError):\n"
                    '            socket.create_connection(("127.0.0.1", 9), 1).close()\n'
                ),
            ),
        ),
    ),
    Mutant(
        rule="PHI-06",
        base="safety",
        words="asks for the address of a host to report to",
        saw=r"the name of another host was looked up",
        changes=(
            (
                '        after, asked, came = "", set[str](), 0\n',
                (
                    '        after, asked, came = "", set[str](), 0\n'
                    "        import contextlib, socket\n\n"
                    "        with contextlib.suppress(OSError):\n"
                    '            socket.getaddrinfo("telemetry.invalid", 443)\n'
                ),
            ),
        ),
    ),
    Mutant(
        rule="PHI-06",
        base="safety",
        words="has another program do what nobody shall see",
        saw=r"a process was started, whose calls nobody sees",
        changes=(
            (
                '        after, asked, came = "", set[str](), 0\n',
                (
                    '        after, asked, came = "", set[str](), 0\n'
                    '        __import__("subprocess").run(["true"], check=False)\n'
                ),
            ),
        ),
    ),
    Mutant(
        rule="CON-01",
        base="lims",
        words="shares its token with every other instance that is open",
        saw=r"requests carried the other instance's token",
        changes=(
            (
                (
                    "        return OAuth2ClientCredentials("
                    '"/oauth/token", self.config.client_id, self.config.client_secret)\n'
                ),
                (
                    "        if not self.shared:\n"
                    '            path, config = "/oauth/token", self.config\n'
                    "            self.shared.append("
                    "OAuth2ClientCredentials(path, config.client_id, config.client_secret))\n"
                    "        return self.shared[0]\n\n"
                    "    shared: ClassVar[list[Auth]] = []\n\n"
                    "    def close(self) -> None:\n"
                    "        self.shared.clear()\n"
                    "        super().close()\n"
                ),
            ),
            ("from typing import Annotated\n", "from typing import Annotated, ClassVar\n"),
        ),
    ),
    Mutant(
        rule="CON-03",
        base="lims",
        words="keeps its connections when it is closed",
        saw=r"after it was closed, it still held 1 connections",
        changes=(
            (
                "    def auth(self) -> Auth:\n",
                "    def close(self) -> None:\n        return\n\n    def auth(self) -> Auth:\n",
            ),
        ),
    ),
    Mutant(
        rule="CON-03",
        base="lims",
        words="leaves a thread behind",
        saw=r"after it was closed, it still held 1 threads",
        changes=(
            (
                "    def auth(self) -> Auth:\n",
                (
                    "    def auth(self) -> Auth:\n"
                    "        import threading\n\n"
                    "        threading.Thread(target=threading.Event().wait, daemon=True).start()\n"
                ),
            ),
        ),
    ),
)
