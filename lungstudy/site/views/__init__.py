"""The site's own pages: home, one image, system, the demonstration's door and the error pages."""
