"""Masks as pixels: reading them, comparing them, writing them in the formats that others read."""
