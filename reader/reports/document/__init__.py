"""The report of a study: its content once, as blocks, and two ways to print them, HTML and PDF."""
