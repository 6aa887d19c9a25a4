"""A wheel under examination: what is in it, and a fresh environment to install it in."""
