"""Hold every mutant to all rules, and the good connectors with many seeds: `make kill-matrix`.

Writes docs/kill-matrix.md, and ends with 1 where a rule found nothing, or found what is another one's.
"""

import argparse
import logging
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from connector_sdk.conformance.catalogue import EDITION, rules
from connector_sdk.conformance.certificate import Report
from connector_sdk.conformance.outcome import Result, Status
from tests.conformance.examining import GOOD, SEED, examined
from tests.conformance.mutants.mutant import Mutant
from tests.conformance.mutants.table import MUTANTS

PAGE = Path(__file__).parents[2] / "docs" / "kill-matrix.md"
AT_A_TIME = 2
SEEDS = 20
STANDING = {Status.PASS, Status.OMIT, Status.BLOCKED}

HEAD = """\
# Kill matrix

Rules that cannot fail certify nothing. So each rule of edition {edition} has a *mutant*: a connector that
breaks no rule, with one thing made wrong. Held to all rules, a mutant must be found by its own rule, by what
it asserts (`fail`; an `error` does not count), and by no other one: the others pass, do not concern it, or
are blocked because they build upon the rule that failed. `make kill-matrix` runs all of it and writes this
page; `make test` runs each mutant against its own rule; it and `make torture` run every rule that injects
faults with the injector off, where none may pass. Connectors and mutants are in
`tests/conformance/connectors` and `tests/conformance/mutants`.

That every rule finds its mutant says that it can fail, and that it tells its own matter from others. It does
not say that there is no fault that all rules miss.

"""


def main() -> int:
    """Run everything, or some mutants again, write the page, and return the exit code."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--mutants", nargs="+", default=[], help="run only these, and put them on the page")
    chosen = options.parse_args().mutants
    logging.basicConfig(level=logging.ERROR)
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        wanted = chosen or list(MUTANTS)
        found = dict(zip(wanted, pool.map(_outcome, wanted), strict=True))
        if chosen:
            text = PAGE.read_text(encoding="utf-8")
            PAGE.write_text(page(_known(text) | found, text.partition(GOOD_ONES)[2]), encoding="utf-8")
            return int(set(found.values()) != {ALONE})
        runs = [(name, seed) for name in GOOD for seed in range(SEED, SEED + SEEDS)]
        failures = dict(zip(runs, pool.map(_failures, runs), strict=True))
    PAGE.write_text(page(found, of_good(failures)), encoding="utf-8")
    return int(any(failures.values()) or set(found.values()) != {ALONE})


ALONE = "found, by its rule alone"


GOOD_ONES = "\n## Connectors that break no rule\n"


def page(found: Mapping[str, str], good: str) -> str:
    """Return the page: `found` is what came of each mutant by its name, `good` what follows its table."""
    exact = sum(1 for each in found.values() if each == ALONE)
    lines = [
        HEAD.format(edition=EDITION),
        f"{exact} of {len(found)} mutants are found by their own rule alone.\n\n",
        "| rule | made wrong | a connector that | outcome |\n|---|---|---|---|\n",
        *(
            f"| {mutant.rule} | `{mutant.base}` | {mutant.words} | {found[name]} |\n"
            for name, mutant in MUTANTS.items()
            if name in found
        ),
    ]
    return "".join([*lines, GOOD_ONES, good])


def of_good(failures: Mapping[tuple[str, int], str]) -> str:
    """Return the page's part about good connectors: what was wrong in each run, by name and seed."""
    lines = ["| connector | runs | without a finding |\n|---|---|---|\n"]
    for name in dict.fromkeys(name for name, _seed in failures):
        runs = [failure for (each, _seed), failure in failures.items() if each == name]
        lines.append(f"| `{name}` | {len(runs)} | {runs.count('')} |\n")
    about = "They are made in different ways, and held to all rules with values made up anew for each run."
    return "".join([f"\n{about}\n\n", *lines])


def _known(text: str) -> Mapping[str, str]:
    """Return what a page says of the mutants that there still are."""
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    outcomes = {words: outcome for _rule, _base, words, outcome in (row for row in rows if len(row) == 4)}
    return {name: outcomes[each.words] for name, each in MUTANTS.items() if each.words in outcomes}


def outcome_of(mutant: Mutant, results: Mapping[str, Result]) -> str:
    """Say what came of a mutant that was held to all rules."""
    own = results[mutant.rule].status
    others = [
        rule for rule, result in results.items() if rule != mutant.rule and result.status not in STANDING
    ]
    if own is not Status.FAIL:
        return f"{own}"
    return f"found, and by {', '.join(others)}" if others else ALONE


def _outcome(name: str) -> str:
    mutant = MUTANTS[name]
    with tempfile.TemporaryDirectory() as folder:
        results = mutant.examined(Path(folder) / "environment").results
    outcome = outcome_of(mutant, results)
    _tell(f"{name}: {outcome}", _told(results, but=mutant.rule) if outcome != ALONE else ())
    return outcome


def _failures(run: tuple[str, int]) -> str:
    name, seed = run
    with tempfile.TemporaryDirectory() as folder:
        report = examined(Path(folder) / "environment", name, seed=seed)
    told = list(_told(report.results))
    _tell(f"{name}, seed {seed}: {_counted(report)}", told)
    return "; ".join(told)


def _told(results: Mapping[str, Result], but: str = "") -> Iterator[str]:
    for rule, result in results.items():
        if result.status not in {Status.PASS, Status.OMIT} and rule != but:
            yield f"{rule} {result.status}: {result.reason}"


def _counted(report: Report) -> str:
    counts = Counter(result.status for result in report.results.values())
    return ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))


def _tell(line: str, more: Iterable[str]) -> None:
    sys.stdout.write("\n    ".join([line, *more]) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    assert {each.rule for each in MUTANTS.values()} == set(rules())
    sys.exit(main())
