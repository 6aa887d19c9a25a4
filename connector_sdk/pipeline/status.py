"""Silence is a failure: hold what the ledger knows of a pipeline against what its owner counts on."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from connector_sdk.ledger.health import Health
from connector_sdk.pipeline.definition import Expectation

State = Literal["ok", "overdue", "silent", "unwatched"]

_UNITS: Final = (("d", 86_400, 2), ("h", 3600, 2), ("min", 60, 2), ("s", 1, 0))
"""Name, seconds, and from how many of it on it is used."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a pipeline stands at one moment; `reason` says in words what was missed.

    `due` is by when the next success is expected; a pipeline that never ran is due at once.
    """

    state: State
    last_good: datetime | None
    age: timedelta | None
    due: datetime | None
    oldest: timedelta | None
    reason: str = ""


def judge(expect: Expectation | None, health: Health, now: datetime) -> Standing:
    """Return how a pipeline with these figures stands.

    Overdue: no run that read the source has succeeded within `every`. Silent: those that did within `every`
    (without it: the last one) read fewer than `min_records`, or none has succeeded yet.
    """
    good = None if health.good is None else _moment(health.good.ended)
    age = None if good is None else _age(good, now)
    due = None
    if expect is not None and expect.every is not None:
        due = now if good is None else good + expect.every
    state, reason = _missed(expect, health, age)
    oldest = None if health.oldest is None else _age(_moment(health.oldest), now)
    return Standing(state, good, age, due, oldest, reason)


def period_of(expect: Expectation | None, now: datetime) -> datetime | None:
    """Return where the period begins in which records are expected; None: they are in the last run."""
    return None if expect is None or expect.every is None else now - expect.every


def in_words(span: timedelta) -> str:
    """Return a span of time as people tell it: `45 s`, `90 min`, `36 h`, `9 d`."""
    seconds = int(span.total_seconds())
    unit, size = next((name, size) for name, size, least in _UNITS if seconds >= least * size)
    return f"{seconds // size} {unit}"


def _missed(expect: Expectation | None, health: Health, age: timedelta | None) -> tuple[State, str]:
    if expect is None:
        return "unwatched", ""
    every, least = expect.every, expect.min_records
    if every is not None and age is None:
        return "overdue", f"it has never run with success; expected every {in_words(every)}"
    if every is not None and age is not None and age > every:
        return "overdue", f"no run has succeeded for {in_words(age)}; expected every {in_words(every)}"
    if least is not None and age is None:
        return "silent", f"it has never run with success; at least {_records(least)} expected"
    if least is not None and health.read < least:
        where = "by the last good run" if every is None else f"in the last {in_words(every)}"
        was = "was" if health.read == 1 else "were"
        return "silent", f"{_records(health.read)} {was} read {where}; at least {least} expected"
    return "ok", ""


def _records(count: int) -> str:
    return f"{count} record{'' if count == 1 else 's'}"


def _age(moment: datetime, now: datetime) -> timedelta:
    """A moment of another machine's clock may lie ahead of this one's."""
    return max(timedelta(0), now - moment)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
