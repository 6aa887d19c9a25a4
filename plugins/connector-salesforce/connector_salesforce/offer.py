"""What every object offers, known before the org is asked."""

from connector_sdk.connector import Completeness, Delivery, Mode, Sink, Stream


class ObjectOffer(Stream):
    """Every window is proven by the number of rows that the system said it has."""

    completeness = Completeness.PROVEN
    reports_deletes = True


class ObjectTarget(Sink):
    """The same external id meets the same record, however often a batch is sent."""

    delivery = Delivery.EFFECTIVELY_ONCE
    keyed = True
    modes = (Mode.UPSERT,)
