"""The queue of jobs in the database, the messages that wake workers, and the jobs of this app."""
