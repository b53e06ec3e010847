"""What may be wrong beside the cameras: settings in; findings, each with its remedy, out."""
