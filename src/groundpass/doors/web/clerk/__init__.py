"""Pages of the counter: take an application, give a receipt."""
