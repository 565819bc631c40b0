"""A person on the floor of a room: joints that stay where they are when the feet do."""
