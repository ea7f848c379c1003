"""Wire formats: tables from spreadsheets, and the files other systems read and write."""
