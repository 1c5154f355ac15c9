"""Pages for everybody: will my terminal work, and the public figures."""
