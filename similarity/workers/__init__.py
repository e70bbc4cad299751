"""What workers share: names of tasks, time by stage, short-lived values in Redis."""
