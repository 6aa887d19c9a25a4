"""A stateful stand-in for Salesforce on loopback: `connector-sdk simulate salesforce`.

What is faithful and what is only believed stands in SIMULATOR.md beside the plugin's README.
"""

from connector_salesforce.simulator.app import SalesforceSimulator

__all__ = ["SalesforceSimulator"]
