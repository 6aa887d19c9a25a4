"""The one decoder: JSON texts to typed records and back, exactly or with a typed refusal."""

from connector_sdk.decode.decoder import Decoder
from connector_sdk.decode.encode import encode_record, encoder
from connector_sdk.decode.infer import infer_schema
from connector_sdk.decode.keys import canonical_key, key_of
from connector_sdk.decode.plain import parse_plain
from connector_sdk.decode.text import parse_text

__all__ = [
    "Decoder",
    "canonical_key",
    "encode_record",
    "encoder",
    "infer_schema",
    "key_of",
    "parse_plain",
    "parse_text",
]
