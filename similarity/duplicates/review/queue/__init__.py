"""What the queue's page shows beside its pairs: the values of filters with their counts, and a reviewer's progress."""
