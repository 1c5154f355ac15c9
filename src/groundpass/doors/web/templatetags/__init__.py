"""What our templates can say."""
