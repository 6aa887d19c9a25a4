"""All verbs of the command line, in the order in which help lists them."""

from typing import Annotated, Any

import typer

import connector_sdk
from connector_sdk.cli.audit import audit
from connector_sdk.cli.bundle import bundle
from connector_sdk.cli.certify import certify
from connector_sdk.cli.check import check
from connector_sdk.cli.connectors import connectors
from connector_sdk.cli.contract import contract
from connector_sdk.cli.dead_letters import dead_letters
from connector_sdk.cli.demo.verb import demo
from connector_sdk.cli.describe import describe
from connector_sdk.cli.discover import discover
from connector_sdk.cli.explain import explain
from connector_sdk.cli.grouping import FOLLOW, LOOK, MOVE, PROVE, Verb, Verbs
from connector_sdk.cli.new import new
from connector_sdk.cli.run import run
from connector_sdk.cli.runs import runs
from connector_sdk.cli.simulate import simulate
from connector_sdk.cli.status import status
from connector_sdk.cli.trace import trace
from connector_sdk.cli.verify_evidence import verify_evidence

SETTINGS: dict[str, Any] = {"help_option_names": ["-h", "--help"], "max_content_width": 100}

# Plain help: rich would take longer to import than all the rest of `--help` takes.
app = typer.Typer(
    cls=Verbs,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    subcommand_metavar="VERB [ARGUMENTS]",
    context_settings=SETTINGS,
    epilog="More about a verb: connector-sdk VERB --help. About an error: connector-sdk explain CODE.",
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"connector-sdk {connector_sdk.__version__}")
        raise typer.Exit


def _help(context: typer.Context, asked: bool) -> None:
    if asked:
        typer.echo(context.get_help())
        raise typer.Exit


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
    # Typer's own option would load pydantic for every verb, before that verb's `--help` is even looked at.
    _help: Annotated[
        bool,
        typer.Option("-h", "--help", callback=_help, is_eager=True, help="Show this message and exit."),
    ] = False,
) -> None:
    """Move records between systems, and prove that nothing was lost on the way.

    A pipeline is one YAML file that names a source and a destination. Every record it reads ends in exactly
    one way, recorded in a ledger that shows any later change of it.

    \b
    Start with:
      connector-sdk demo                  see it at work, on made-up data
      connector-sdk connectors            what can be connected
      connector-sdk check pipeline.yaml   is it ready? moves nothing
      connector-sdk run pipeline.yaml     move what is new
    """
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(2)


app.command(cls=Verb, rich_help_panel=LOOK)(demo)
app.command(cls=Verb, rich_help_panel=LOOK)(new)
app.command(cls=Verb, rich_help_panel=LOOK)(connectors)
app.command(cls=Verb, rich_help_panel=LOOK)(describe)
app.command(cls=Verb, rich_help_panel=LOOK)(discover)
app.command(cls=Verb, rich_help_panel=LOOK)(simulate)
app.command(cls=Verb, rich_help_panel=LOOK)(explain)
app.command(cls=Verb, rich_help_panel=MOVE)(check)
app.command(cls=Verb, rich_help_panel=MOVE)(run)
app.command(cls=Verb, rich_help_panel=FOLLOW)(status)
app.command(cls=Verb, rich_help_panel=FOLLOW)(runs)
app.command(cls=Verb, rich_help_panel=FOLLOW)(trace)
app.add_typer(dead_letters, name="dead-letters", rich_help_panel=FOLLOW)
app.add_typer(contract, name="contract", rich_help_panel=PROVE)
app.add_typer(bundle, name="bundle", rich_help_panel=PROVE)
app.add_typer(audit, name="audit", rich_help_panel=PROVE)
app.command(cls=Verb, rich_help_panel=PROVE)(certify)
app.command(cls=Verb, rich_help_panel=PROVE)(verify_evidence)
