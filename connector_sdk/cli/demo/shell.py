"""Commands as one types them in a shell."""

import shlex
from collections.abc import Sequence


def typed(command: Sequence[str], margin: str, width: int) -> list[str]:
    """Return the lines of a command after a margin: where it is too long, continued as shells have it."""
    first, *words = _with_values(command)
    lines = [margin + first]
    for word in words:
        if len(lines[-1]) + len(word) + len("  \\") <= width:
            lines[-1] += f" {word}"
        else:
            lines[-1] += " \\"
            lines.append(" " * (len(margin) + 2) + word)
    return lines


def _with_values(command: Sequence[str]) -> list[str]:
    """Return the words of a command, quoted, an option and its value as one."""
    words: list[str] = []
    for word in map(shlex.quote, command):
        if words and words[-1].startswith("--") and " " not in words[-1]:
            words[-1] += f" {word}"
        else:
            words.append(word)
    return words
