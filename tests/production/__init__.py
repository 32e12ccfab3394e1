"""Proof of the production shape without a container engine."""
