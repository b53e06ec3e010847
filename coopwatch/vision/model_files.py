"""What the files of a model's folder are called, for those who write and those who load them."""

MODEL_FILE = "model.tflite"  # the whole network, as the service runs it
BACKBONE_FILE = "backbone.tflite"  # or a network without its last layer,
HEAD_FILE = "head.npz"  # and that layer
FEATURES_FILE = "features.npz"  # some of what it learnt from, as its backbone sees it; to learn more from
KERAS_FILE = "model.keras"  # as it was trained; for `explain` and the engine `tensorflow`
