"""Training on recordings as their cameras saw them: Fit3D, prepared as PerfectRep did.

recordings  where recordings are read from, and who is held out
scale       pixels and metres to -1..1
clips       clips of a fixed length
bodies      recordings in canonical points
sampler     windows of recordings, as samples to train on
pool        batches of them, by epochs
"""
