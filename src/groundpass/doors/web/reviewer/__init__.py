"""Pages of the reviewer: the queue, approve or refuse."""
