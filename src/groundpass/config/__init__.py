"""Settings, URLs, start-up checks: the one place where all is wired."""
