"""What leaves the library: sets of masks, as one file."""
