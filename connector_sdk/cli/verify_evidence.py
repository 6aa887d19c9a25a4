"""`verify-evidence`: what a connector's certificate is worth, checked on this machine."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from connector_sdk.cli.answer import Answer
from connector_sdk.cli.options import JsonFlag
from connector_sdk.conformance.evidence.assurance import Assurance
from connector_sdk.conformance.outcome import Tier

if TYPE_CHECKING:
    from datetime import datetime

    from connector_sdk.conformance.evidence.replayed import Replay
    from connector_sdk.conformance.evidence.trust import TrustList
    from connector_sdk.conformance.evidence.verify import Verdict


def verify_evidence(
    wheel: Annotated[
        Path, typer.Argument(metavar="WHEEL", help="The wheel, by its original name.", show_default=False)
    ],
    evidence: Annotated[
        Path,
        typer.Argument(
            metavar="EVIDENCE", help="The .conformance.intoto.jsonl that came with it.", show_default=False
        ),
    ],
    trust: Annotated[
        Path | None,
        typer.Option(
            "--trust",
            metavar="FILE",
            help="The list of trusted keys, by default the user's own.",
            show_default=False,
        ),
    ] = None,
    min_tier: Annotated[
        Tier, typer.Option("--min-tier", metavar="TIER", help="Refuse less than this: none, bronze, silver.")
    ] = Tier.BRONZE,
    min_assurance: Annotated[
        Assurance,
        typer.Option(
            "--min-assurance",
            metavar="LEVEL",
            help="Refuse less than this: A0 not signed by a trusted key, A1 signed, A2 replayed here, "
            "A3 countersigned.",
            case_sensitive=False,
        ),
    ] = Assurance.SIGNED,
    replay: Annotated[
        bool, typer.Option("--replay", help="Run the suite again with the same seed, and compare.")
    ] = False,
    book: Annotated[
        Path | None,
        typer.Option(
            "--book",
            metavar="DIR",
            help="With --replay: the book, by default the one in the -conformance.zip beside EVIDENCE.",
            show_default=False,
        ),
    ] = None,
    _json: JsonFlag = False,
) -> Answer:
    """Tell whether a connector's certificate holds, and what it really comes to.

    Works offline. The tier is worked out anew from the result of every rule. Exit code 77 where anything is
    wrong, with every reason.

    \b
    Examples:
      connector-sdk verify-evidence acme-1.0-py3-none-any.whl acme.conformance.intoto.jsonl
      connector-sdk verify-evidence WHEEL EVIDENCE --trust keys.json --replay
    """
    if book is not None and not replay:
        raise typer.BadParameter("--book goes with --replay")
    from connector_sdk.cli.verdicts import answer
    from connector_sdk.clock import SYSTEM_CLOCK
    from connector_sdk.conformance.evidence.places import default_trust
    from connector_sdk.conformance.evidence.trust import read_trust  # cryptography

    trusted = read_trust(trust or default_trust(), must_exist=trust is not None)
    now = SYSTEM_CLOCK.now()
    verdict = _look(wheel, evidence, trusted, now)
    if replay:
        # A replay can add to the assurance, but not to the tier: what falls short anyway is not run.
        verdict = _replayed(verdict.demanding(min_tier, Assurance.UNSIGNED), wheel, evidence, book)
    return answer(wheel, evidence, verdict.demanding(min_tier, min_assurance), now)


def _look(wheel: Path, evidence: Path, trust: "TrustList", now: "datetime") -> "Verdict":
    from connector_sdk.conformance.evidence.doubt import Doubt, Refused
    from connector_sdk.conformance.evidence.envelope import MAX_BYTES
    from connector_sdk.conformance.evidence.files import read_bounded
    from connector_sdk.conformance.evidence.verify import Verdict, verify_wheel
    from connector_sdk.conformance.wheel.inspection import inspect
    from connector_sdk.errors import ConfigurationError

    try:
        content = read_bounded(evidence, MAX_BYTES, "evidence")
        facts = inspect(wheel)
    except Refused as refused:
        return Verdict(None, reasons=(refused.doubt,))
    except ConfigurationError as error:
        if error.code != "wheel-unreadable" or not wheel.is_file():
            raise
        return Verdict(None, reasons=(Doubt("wheel", str(error)),))
    return verify_wheel(content, facts, trust, now)


def _replayed(verdict: "Verdict", wheel: Path, evidence: Path, book: Path | None) -> "Verdict":
    from connector_sdk.conformance.evidence.replayed import replayed

    return replayed(verdict, wheel, evidence, book, _replay(), _digest_of)


def _digest_of(book: Path) -> str:
    from connector_sdk.conformance.book import read_book

    return read_book(book).digest


def _replay() -> "Replay":
    from connector_sdk.conformance.certification import examine_wheel  # starts processes

    return examine_wheel
