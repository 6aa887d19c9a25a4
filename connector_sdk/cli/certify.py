"""`certify`: hold a connector to the rules of the conformance suite."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from connector_sdk.cli.answer import Answer
from connector_sdk.cli.options import JsonFlag
from connector_sdk.conformance.outcome import Tier

if TYPE_CHECKING:
    from connector_sdk.conformance.certificate import Report


def certify(
    subject: Annotated[
        str,
        typer.Argument(
            metavar="SUBJECT",
            help="A wheel (.whl), or the name of an installed connector.",
            show_default=False,
        ),
    ],
    book: Annotated[
        Path,
        typer.Option(
            "--book", metavar="DIR", help="The folder with the connector's book.yaml.", show_default=False
        ),
    ],
    min_tier: Annotated[
        Tier, typer.Option("--min-tier", metavar="TIER", help="Exit with 65 below this tier: bronze, silver.")
    ] = Tier.BRONZE,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", metavar="DIR", help="Where to, by default beside the wheel.", show_default=False
        ),
    ] = None,
    rule: Annotated[
        list[str] | None,
        typer.Option(
            "--rule",
            metavar="ID",
            help="Run this rule only; can be repeated. No evidence.",
            show_default=False,
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(
            "--seed",
            metavar="N",
            min=0,
            help="That of an earlier examination, to have it again.",
            show_default=False,
        ),
    ] = None,
    wheelhouse: Annotated[
        Path | None,
        typer.Option(
            "--wheelhouse",
            metavar="DIR",
            help="Take what the wheel requires from these wheels, not from what is installed.",
            exists=True,
            file_okay=False,
            show_default=False,
        ),
    ] = None,
    key: Annotated[
        Path | None,
        typer.Option(
            "--key", metavar="FILE", help="Sign with this key, by default your own.", show_default=False
        ),
    ] = None,
    no_sign: Annotated[bool, typer.Option("--no-sign", help="Write no evidence.")] = False,
    _json: JsonFlag = False,
) -> Answer:
    """Hold a connector to the rules of the conformance suite, and sign what was found.

    A wheel is installed where nothing else is, and its connector runs in processes of its own against a
    server that answers as the book says, or worse. Evidence and a page for reviewers are written beside the
    wheel. An installed connector is examined where it is: a quick look, never evidence. No network is needed.

    \b
    Examples:
      connector-sdk certify dist/acme_lims-1.4.0-py3-none-any.whl --book conformance/
      connector-sdk certify acme --book conformance/ --rule PAG-04
    """
    from connector_sdk.cli.certified import Files, answer, signing, writable
    from connector_sdk.cli.rule_progress import shown

    only = tuple(rule or ())
    if subject.endswith((".yaml", ".yml")):
        _refuse_description(subject)
    if subject.endswith(".whl"):
        wheel = Path(subject)
        beside = writable(Files.beside(wheel, output), make=output is not None)
        sign = None if no_sign or only else signing(key)
        report = _of_wheel(wheel, book, seed, wheelhouse, only)
        return answer(report, book, beside, sign, min_tier, only)
    if wheelhouse is not None or key is not None:
        raise typer.BadParameter("--wheelhouse and --key go with a wheel")
    if output is not None:
        writable(Files.named(subject, output), make=True)
    with shown(subject) as watch:
        from connector_sdk.conformance.certification import examine_installed
        from connector_sdk.conformance.runner import new_seed

        used = new_seed() if seed is None else seed
        report = examine_installed(subject, book, used, only=only, progress=watch.ended)
    files = Files.named(f"{report.subject.distribution}-{report.subject.version}", output) if output else None
    return answer(report, book, files, None, min_tier, only)


def _of_wheel(
    wheel: Path, book: Path, seed: int | None, wheelhouse: Path | None, only: tuple[str, ...]
) -> "Report":
    from connector_sdk.cli.rule_progress import shown
    from connector_sdk.conformance.certification import examine_wheel
    from connector_sdk.conformance.runner import new_seed

    with shown(wheel.name) as watch:
        return examine_wheel(
            wheel,
            book,
            new_seed() if seed is None else seed,
            wheelhouse=wheelhouse,
            only=only,
            progress=watch.ended,
            step=watch.step,
        )


def _refuse_description(subject: str) -> NoReturn:
    from connector_sdk.errors import ConfigurationError

    raise ConfigurationError(
        "a connector described in YAML cannot be certified by itself",
        code="description-not-certified",
        hint="certify the wheel of the connector that reads it, with a book whose config is this description",
        location=subject,
    )
