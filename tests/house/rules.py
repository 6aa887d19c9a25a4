"""The rules of the conformance suite as a page: written out of the catalogue into docs/rules.md.

`python -m tests.house.rules` brings the page up to date.
"""

from collections import Counter
from textwrap import fill

from connector_sdk.conformance.catalogue import EDITION, HIGHEST, Rule, rules
from connector_sdk.conformance.outcome import Tier
from connector_sdk.conformance.report.wording import GROUPS
from tests.house.tree import DOCS

PAGE = DOCS / "rules.md"
BEGIN = "<!-- rules: python -m tests.house.rules -->\n"
END = "<!-- end of rules -->\n"
WIDTH = 120


_GATES = {
    "": "everybody",
    "wheel": "every wheel; says nothing of what is only installed",
}


def groups() -> dict[str, str]:
    """Return the groups that this edition has rules of: the letters before their numbers, and the title."""
    there = {rule.partition("-")[0] for rule in rules()}
    return {letters: title for letters, title in GROUPS.items() if letters in there}


def catalogue() -> str:
    """Return the rules as they should stand on the page, by group."""
    counted = Counter(rule.tier for rule in rules().values())
    numbers = [f"{counted[tier]} of {tier.value}" for tier in Tier if counted[tier]]
    highest = f"{HIGHEST.value} is the highest tier that it can tell"
    lines = [f"Edition {EDITION} has {counted.total()} rules: {', '.join(numbers)}; {highest}."]
    for letters, title in groups().items():
        lines += ["", f"## {title}"]
        for rule in sorted(rules().values(), key=lambda each: each.id):
            if rule.id.partition("-")[0] == letters:
                lines += ["", f"### {rule.id}", "", *_told(rule)]
    return "\n".join(lines) + "\n"


def _told(rule: Rule) -> list[str]:
    facts = [rule.tier.value, f"for {_concerned(rule)}"]
    if rule.requires:
        facts.append(f"builds upon {', '.join(rule.requires)}")
    if rule.faults:
        facts.append("injects faults")
    if rule.judges:
        facts.append("looks at what was seen while all others ran")
    return [fill(f"**{rule.title}** {rule.why}", WIDTH), "", fill(f"*{'; '.join(facts)}*", WIDTH)]


def _concerned(rule: Rule) -> str:
    if rule.gate in _GATES:
        return _GATES[rule.gate]
    if rule.gate.startswith("!"):
        return f"connectors that do not declare `{rule.gate[1:]}`"
    return f"connectors that declare `{rule.gate}`"


def update() -> None:
    """Put the rules into the page."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n{catalogue()}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    update()
