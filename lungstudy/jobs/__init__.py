"""Work that outlives a process: a row with a lease is the truth, a Celery message only the wake-up."""
