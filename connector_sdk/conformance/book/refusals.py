"""Which records of a request a book's answer refuses."""

from connector_sdk.conformance.book.exchange import Exchange, Member, Roles
from connector_sdk.conformance.book.json_path import find
from connector_sdk.conformance.book.json_tree import Tree
from connector_sdk.conformance.book.matching import same

_FIRST_REFUSAL = 400


def refusals(exchange: Exchange, roles: Roles, count: int) -> list[bool]:
    """Tell of each of so many records, in their order, whether the answer refuses it.

    By its status or the `failure_envelope` it refuses all of them; by `rejected` single ones, where it has a
    result for each.
    """
    answer = exchange.response if exchange.answers_json else None
    results = find(answer, roles.results) if roles.results else []
    if exchange.status >= _FIRST_REFUSAL or _says(answer, roles.failure_envelope):
        return [True] * count
    if len(results) != count:
        return [False] * count
    return [_says(result, roles.rejected) for result in results]


def _says(tree: Tree, member: Member | None) -> bool:
    return member is not None and any(same(member.value, found) for found in find(tree, member.path))
