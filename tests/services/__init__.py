"""The servers and programs that tests stand on: own stores, Postgres, Redis, Chromium."""
