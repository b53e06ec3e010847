"""What may be wrong around the cameras: settings in; findings, each with its remedy, out."""
