"""How help lists verbs and their parts, and what is said about a verb that does not exist."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from typer.core import TyperCommand, TyperGroup

from connector_sdk.errors import ConfigurationError

LOOK = "Look around"
MOVE = "Move records"
FOLLOW = "Follow what moved"
PROVE = "Agree and prove"
PANELS = (LOOK, MOVE, FOLLOW, PROVE)
"""The headings of `connector-sdk --help`, in order; a verb names its own as `rich_help_panel`."""

_SENTENCE = 200
"""A verb's first sentence is listed whole; it is broken where the terminal ends."""


class Verb(TyperCommand):
    """One verb; its help names arguments without the notation of types."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Return what follows the verb in its usage line."""
        return [piece.strip("{}") for piece in super().collect_usage_pieces(ctx)]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the arguments and the options, each with its explanation."""
        for kind, heading in (("argument", "Arguments"), ("option", "Options")):
            rows = []
            for param in self.get_params(ctx):
                record = param.get_help_record(ctx)
                if record is not None and param.param_type_name == kind:
                    rows.append((param.metavar or record[0] if kind == "argument" else record[0], record[1]))
            if rows:
                with formatter.section(heading):
                    formatter.write_dl(rows)


class Verbs(TyperGroup):
    """A group of verbs, listed under headings in the order in which they were registered."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - the base class's signature
        """Write one list of verbs for each heading."""
        width = max(map(len, self.commands), default=0)
        for panel in (*PANELS, None):
            rows = list(self._rows(panel))
            if rows:
                with formatter.section(panel or "Verbs"):
                    formatter.write_dl([(name.ljust(width), text) for name, text in rows])

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the verb; raises ConfigurationError naming the nearest one."""
        name = args[0]
        if name in self.commands or name.startswith("-"):
            return super().resolve_command(ctx, args)
        near = get_close_matches(name, self.commands, n=1, cutoff=0.5)
        listed = f"`{ctx.command_path} --help` lists them"
        raise ConfigurationError(
            f"there is no verb {name!r}",
            code="usage",
            hint=f"did you mean `{ctx.command_path} {near[0]}`?" if near else listed,
            location=ctx.command_path,
        )

    def _rows(self, panel: str | None) -> Iterator[tuple[str, str]]:
        for name, command in self.commands.items():
            own = getattr(command, "rich_help_panel", None)
            if not command.hidden and (own if isinstance(own, str) else None) == panel:
                yield name, command.get_short_help_str(_SENTENCE)
