"""What every table offers, known before SQLAlchemy is loaded."""

from connector_sdk.connector import Deletes, Delivery, Sink


class TableOffer(Sink):
    """A sink that commits its checkpoint with the data and keeps one row a key."""

    delivery = Delivery.EXACTLY_ONCE
    keyed = True
    versioned = True
    deletes = frozenset({Deletes.MARK, Deletes.DELETE})
