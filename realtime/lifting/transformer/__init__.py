"""The dual-stream spatio-temporal transformer: DSTformer, of MotionBERT and PerfectRep."""
