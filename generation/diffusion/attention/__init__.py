"""Where in the picture the words of a prompt acted while it was drawn: capture, and where a phrase stands."""
