"""Pages of accounts: the doors in and out, one's own profile, and the people page for admins."""
