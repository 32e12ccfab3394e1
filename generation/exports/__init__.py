"""What leaves the site: synthetic data sets with their recipes, and contact sheets."""
