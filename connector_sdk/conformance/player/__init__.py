"""Plays a book as a server would, and breaks what it is told to break."""
