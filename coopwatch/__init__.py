"""coopwatch: from nest-box cameras to messages about hens and eggs."""

__version__ = "0.1.0"
