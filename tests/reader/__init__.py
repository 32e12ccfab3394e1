"""Tests of the reader app."""
