"""The files of PerfectRep (github.com/AndrewBoessen/PerfectRep): Fit3D as cameras saw it, and clips of it."""
