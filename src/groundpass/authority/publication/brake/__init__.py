"""The brake: a second hand on the feed, with its own key, its own records and its own arithmetic."""
