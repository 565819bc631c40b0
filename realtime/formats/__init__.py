"""Files of this and other systems, read without trusting them and written as they expect."""
