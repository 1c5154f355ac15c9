"""What runs at the operator. No Django here."""
