"""One walk as pages of a stream."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from connector_sdk.connector.call import Call
from connector_sdk.connector.page import Json, Page
from connector_sdk.connector.rest.answers import Count, answers
from connector_sdk.connector.rest.collection import Collection
from connector_sdk.connector.rest.glance import looking
from connector_sdk.connector.rest.position import position_of
from connector_sdk.connector.rest.steps import Steps

if TYPE_CHECKING:
    from connector_sdk.http.client import Http


def walk(http: "Http", source: Collection, call: Call, position: Json) -> Iterator[Page]:
    """Yield what the collection has beyond the position; each page is given out when the next has arrived.

    The last one comes only when the walk is proven complete, and it alone changes what is asked for next.
    """
    begun = position_of(position)
    steps, count, look = Steps(source, begun, call.clock.now()), Count(source), looking(source, call.salt)
    held: Page | None = None
    told = False
    for answer in answers(http, source, steps.since):
        looks = [look(record) for record in answer.records]
        count.add(answer, [each.id for each in looks])
        fresh = steps.take(answer.records, looks)
        if not fresh:
            continue
        if held is not None:
            yield held
        again = not told and (steps.anew or steps.unasked)
        held = Page(fresh, steps.under_way(), steps.delivered - len(fresh) + 1, again)
        told = told or again
    count.prove()
    ended = steps.ended()
    if held is not None:
        yield replace(held, cursor=ended)
    elif position is not None and ended != position:
        yield Page([], ended)
