"""What the codes in the `errors` of a problem mean."""

FAULTS: dict[str, str] = {
    "missing": "It is required and not there.",
    "unknown_member": "An object in the body has no such member, or it can't be set. The message names those that there are.",
    "unknown_parameter": "There is no such query parameter. The message names those that there are.",
    "repeated": "It is given more often than it may be.",
    "wrong_type": "It is of another JSON type than expected: nothing is converted.",
    "wrong_format": "It is text, but not written as expected.",
    "not_one_of": "It is none of the values that there are. The message names them.",
    "too_short": "It has too few characters or items.",
    "too_long": "It has too many characters or items.",
    "too_small": "The number is too small.",
    "too_large": "The number is too large.",
    "out_of_range": "The instant is too early or too late.",
    "past": "The instant has to be in the future.",
    "blank": "Something visible is required.",
    "control_character": "Line breaks and control characters have no place in one line of text.",
    "nul_character": "The character U+0000 can't be stored.",
    "unknown_time_zone": "There is no such IANA time zone.",
    "unknown_reference": "It names something that is not there for you.",
    "unexpected_body": "The operation takes no body.",
    "content_encoding": "The body is encoded. It is taken only as it is.",
    "malformed_query": "The query string can't be read, or has too many parameters.",
    "invalid_header": "The header can't be read, or has no meaning here.",
    "invalid_cursor": "It is no cursor of this list.",
    "invalid": "Something else is wrong with it: see the message.",
}
"""Beside these, an item of a batch may have the code of any problem."""
