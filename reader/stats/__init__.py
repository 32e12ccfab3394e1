"""Agreement and accuracy of readers: pure functions from arrays to estimates, with no database and no settings."""
