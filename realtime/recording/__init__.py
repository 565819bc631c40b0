"""Where poses go: the socket (publisher), the files (recorder).  One file per outside
world, loaded on demand."""
