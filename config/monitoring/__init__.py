"""Health and metrics for operators: whether the site is ready, how many jobs wait, and the workers' time by stage."""
