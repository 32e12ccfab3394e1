"""Tests of the statistics: published numbers, second libraries, invariances, and what is undefined."""
