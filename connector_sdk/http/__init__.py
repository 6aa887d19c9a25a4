"""The only door to HTTP: a stack of layers in one order, and what goes through it."""
