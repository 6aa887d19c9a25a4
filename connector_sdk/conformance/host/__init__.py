"""The process that a connector under examination runs in; it knows no rule and no expected value."""
