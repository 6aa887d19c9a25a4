"""A server's certificate from an authority that nobody has heard of, made for one rule."""

import ipaddress
import ssl
from datetime import timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from connector_sdk.clock import SYSTEM_CLOCK
from connector_sdk.testing.wire_listener import LOOPBACK

_NAME: Final = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "an authority made for one examination")])
_SIGNING: Final = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)
_EARLIER, _LATER = timedelta(hours=1), timedelta(days=1)


def unknown_authority(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """Make an authority; return what a server on loopback shows, and the bundle of who trusts it."""
    key, own = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority = _certificate(
        _NAME,
        key,
        key,
        (x509.BasicConstraints(ca=True, path_length=0), True),
        (_SIGNING, True),
    )
    server = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a system played on loopback")])
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(LOOPBACK))])
    bundle, shown = folder / "authority.pem", folder / "server.pem"
    bundle.write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    private = own.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    certificate = _certificate(server, own, key, (names, False))
    shown.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(shown)
    return context, bundle


def _certificate(
    subject: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    *extensions: tuple[x509.ExtensionType, bool],
) -> x509.Certificate:
    """Sign a certificate; extensions come with whether they are critical."""
    now = SYSTEM_CLOCK.now()
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(_NAME)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _EARLIER)
        .not_valid_after(now + _LATER)
        # Newer versions of Python ask for these (RFC 5280 §4.2.1), as strict verification does.
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(signer, hashes.SHA256())
