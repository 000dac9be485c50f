"""What each verb of `hotlines` does; `crawler/cli.py` only declares them.

A verb is a function of plain arguments that returns an exit code. Heavy imports stay inside.
"""
