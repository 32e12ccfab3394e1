"""Counts that pages of several apps say alike."""
