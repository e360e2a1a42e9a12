"""Purely computational: declared + observed + remembered state → plan → outcomes. No I/O, clock, vendor or kind."""
