"""Group visits: plan, people, timetable, attendance, certificates."""
