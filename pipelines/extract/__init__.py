"""Carriers: the parts of a document that may hold a number, one module each.

Every carrier yields blocks; none of them decides what is a number.
"""
