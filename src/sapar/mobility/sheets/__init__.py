"""Reading the sheets that offices and partners bring: transcripts, counts of marks, lists of visitors."""
