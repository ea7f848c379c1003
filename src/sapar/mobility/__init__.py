"""Exchange of students and staff: calls, applications, places, stays, transcripts, recognition, group visits."""
