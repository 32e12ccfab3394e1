"""How near drawn images come to real ones, how they vary, and whether any is a copy. No Django here."""
