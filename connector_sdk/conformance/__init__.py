"""The conformance suite: rules that a connector is held to, run from outside it."""
