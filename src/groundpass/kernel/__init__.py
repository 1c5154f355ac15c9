"""Pure: values in, values out. No Django, no network, no clock, no environment."""
