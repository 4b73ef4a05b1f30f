"""What the emulator lacks, bridged: a small module a bridge, AWS's behaviour in its test."""
