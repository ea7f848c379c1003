"""Rules, reasons and parts of applications as sentences, for pages, letters and minutes alike."""
