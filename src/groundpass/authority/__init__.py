"""The authority's side: Django apps that own tables. A part is entered through its `api.py`."""
