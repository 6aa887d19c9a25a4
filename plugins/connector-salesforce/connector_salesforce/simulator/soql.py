"""A little SOQL: SELECT … FROM … WHERE … ORDER BY … LIMIT … OFFSET, and COUNT().

    query     = SELECT (COUNT() | field, …) FROM object [WHERE logic] [ORDER BY order, …] [LIMIT n] [OFFSET n]
    logic     = term (AND term)* | term (OR term)*      mixing the two needs parentheses, as at the vendor
    term      = NOT term | ( logic ) | field sign literal | field [NOT] IN ( literal, … )

Source: SOQL and SOSL Reference, "SOQL SELECT Syntax".
"""

from datetime import UTC, date, datetime
from decimal import Decimal

from connector_salesforce.simulator.refusals import Refusal
from connector_salesforce.simulator.soql_tokens import Token, malformed, tokens
from connector_salesforce.simulator.soql_tree import Condition, Literal, Logic, Order, Query

SIGNS = ("=", "!=", "<>", "<", "<=", ">", ">=")
DEEPEST = 50
KEYWORDS = ("SELECT", "FROM", "WHERE", "ORDER", "LIMIT", "OFFSET", "AND", "OR", "NOT", "IN")


def parse(text: str) -> Query:
    """Read a query; raises Refusal with MALFORMED_QUERY."""
    return _Parser(tokens(text)).query()


class _Parser:
    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._at = 0
        self._depth = 0

    def query(self) -> Query:
        self._expect("SELECT")
        fields = self._fields()
        self._expect("FROM")
        name = self._name()
        where = self._logic() if self._took("WHERE") else None
        order: tuple[Order, ...] = ()
        if self._took("ORDER"):
            self._expect("BY")
            order = self._orders()
        limit = self._count() if self._took("LIMIT") else None
        offset = self._count() if self._took("OFFSET") else 0
        if self._next.kind != "end":
            raise self._unexpected()
        return Query(fields, name, where, order, limit, offset)

    def _fields(self) -> tuple[str, ...]:
        if self._next.says("COUNT") and self._tokens[self._at + 1].says("("):
            self._at += 2
            self._expect(")")
            return ()
        fields = [self._name()]
        while self._took(","):
            fields.append(self._name())
        return tuple(fields)

    def _logic(self) -> Condition | Logic:
        terms = [self._term()]
        word = self._next.text.upper()
        while word in {"AND", "OR"} and self._took(word):
            terms.append(self._term())
        return Logic(word, tuple(terms)) if len(terms) > 1 else terms[0]

    def _term(self) -> Condition | Logic:
        if self._next.says("NOT", "("):
            return self._nested()
        field = self._name()
        if self._took("NOT"):
            self._expect("IN")
            return Condition(field, "NOT IN", self._literals())
        if self._took("IN"):
            return Condition(field, "IN", self._literals())
        if not self._next.says(*SIGNS):
            raise self._unexpected()
        sign = self._take().text
        return Condition(field, "!=" if sign == "<>" else sign, (self._literal(),))

    def _nested(self) -> Condition | Logic:
        self._depth += 1
        if self._depth > DEEPEST:
            raise Refusal(400, "QUERY_TOO_COMPLICATED", "Query is either selecting or filtering too deeply")
        if self._took("NOT"):
            found: Condition | Logic = Logic("NOT", (self._term(),))
        else:
            self._expect("(")
            found = self._logic()
            self._expect(")")
        self._depth -= 1
        return found

    def _literals(self) -> tuple[Literal, ...]:
        self._expect("(")
        values = [self._literal()]
        while self._took(","):
            values.append(self._literal())
        self._expect(")")
        return tuple(values)

    def _literal(self) -> Literal:
        token = self._take()
        if token.kind == "word" and token.text.lower() in {"null", "true", "false"}:
            return {"null": None, "true": True, "false": False}[token.text.lower()]
        if token.kind == "string":
            return token.text
        try:
            if token.kind == "number":
                return Decimal(token.text)
            if token.kind == "date":
                return date.fromisoformat(token.text)
            if token.kind == "datetime":
                return datetime.fromisoformat(token.text).astimezone(UTC)
        except (ValueError, OverflowError):
            raise malformed(f"line 1:{token.at} invalid date: {token.text}") from None
        raise malformed(f"line 1:{token.at} unexpected token: '{token.text}'")

    def _orders(self) -> tuple[Order, ...]:
        found = [self._order()]
        while self._took(","):
            found.append(self._order())
        return tuple(found)

    def _order(self) -> Order:
        field = self._name()
        descending = self._took("DESC")
        if not descending:
            self._took("ASC")
        if self._took("NULLS"):
            last = self._took("LAST")
            if not last:
                self._expect("FIRST")
            return Order(field, descending, last)
        return Order(field, descending)

    def _count(self) -> int:
        token = self._take()
        if token.kind != "number" or not token.text.isdecimal():
            raise malformed(f"line 1:{token.at} unexpected token: '{token.text}'")
        return int(token.text)

    def _name(self) -> str:
        if self._next.kind != "word" or self._next.says(*KEYWORDS):
            raise self._unexpected()
        return self._take().text

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        token = self._next
        if token.kind == "end":
            raise self._unexpected()
        self._at += 1
        return token

    def _took(self, word: str) -> bool:
        if self._next.says(word):
            self._at += 1
            return True
        return False

    def _expect(self, word: str) -> None:
        if not self._took(word):
            raise self._unexpected()

    def _unexpected(self) -> Exception:
        return malformed(f"line 1:{self._next.at} unexpected token: '{self._next.text}'")
