"""The authority made for one examination is one that strict verification accepts, where it is named."""

import socket
import ssl
from pathlib import Path

import pytest

from connector_sdk.conformance.authority import unknown_authority
from connector_sdk.testing.wire import Sent, WireServer, framed


def test_who_names_it_is_answered_and_nobody_else(tmp_path: Path) -> None:
    tls, bundle = unknown_authority(tmp_path)
    with WireServer(lambda _: Sent(framed(200, {}, b"{}")), tls) as server:
        for trusted in (bundle, None):
            context = ssl.create_default_context(cafile=trusted)
            context.verify_flags |= ssl.VERIFY_X509_STRICT
            with socket.create_connection(("127.0.0.1", server.port)) as plain:
                if trusted is None:
                    with pytest.raises(ssl.SSLCertVerificationError):
                        context.wrap_socket(plain, server_hostname="127.0.0.1")
                else:
                    with context.wrap_socket(plain, server_hostname="127.0.0.1") as secure:
                        assert secure.version() == "TLSv1.3"
