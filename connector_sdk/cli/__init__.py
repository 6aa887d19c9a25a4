"""The command line: a module for each verb or group of verbs; each returns an `Answer`."""
