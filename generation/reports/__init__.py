"""What pages tell about running work."""
