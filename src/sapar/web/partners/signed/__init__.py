"""Lists of agreements that were signed before: pages, forms, scans."""
