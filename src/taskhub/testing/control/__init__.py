"""What runs inside a testing server beside the service itself: the control interface, a clock that moves, faults."""
