"""Breaks real processes under a ledger client, and looks what is left."""
