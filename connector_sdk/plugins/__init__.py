"""What is installed beside the SDK: connectors, and hooks of companies, found by their entry points."""

from connector_sdk.plugins.discovery import Plugin, find, installed
from connector_sdk.plugins.hooks import NO_HOOKS, Hooks, load_hooks

__all__ = ["NO_HOOKS", "Hooks", "Plugin", "find", "installed", "load_hooks"]
