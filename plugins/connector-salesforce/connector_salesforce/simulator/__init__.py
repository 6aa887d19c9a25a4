"""A stateful stand-in for Salesforce on loopback."""
