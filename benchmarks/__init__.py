"""Measurements that are run by hand, never in the suite."""
