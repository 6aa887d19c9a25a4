"""The layers: one function each, which knows nothing of the others. Their order stands in `http/stack.py`."""
