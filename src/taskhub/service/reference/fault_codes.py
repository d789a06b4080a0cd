"""What each code in the `errors` of a problem means."""

FAULTS: dict[str, str] = {
    "missing": "The field or parameter is required.",
    "unknown_member": "There is no field with this name, or it can't be set. The message lists the fields that can be set.",
    "unknown_parameter": "There is no query parameter with this name. The message lists the parameters of the operation.",
    "repeated": "The value is given more than once, but has to be unique.",
    "wrong_type": "The value has another JSON type than expected. Values are not converted.",
    "wrong_format": "The value is a string, but not in the expected format.",
    "not_one_of": "The value is not one of the allowed values. The message lists them.",
    "too_short": "The value has too few characters or items.",
    "too_long": "The value has too many characters or items.",
    "too_small": "The number is too small.",
    "too_large": "The number is too large.",
    "out_of_range": "The date or time is too early or too late.",
    "past": "The time has to be in the future.",
    "blank": "The text has to contain at least one visible character.",
    "control_character": "Line breaks and control characters are not allowed.",
    "nul_character": "The character U+0000 is not allowed.",
    "unknown_time_zone": "There is no IANA time zone with this name.",
    "unknown_reference": "The id or key refers to nothing that exists, or to nothing that you have access to.",
    "unexpected_body": "The operation does not accept a body.",
    "content_encoding": "The operation does not accept compressed bodies.",
    "malformed_query": "The query string can't be parsed, or has too many parameters.",
    "invalid_header": "The header can't be parsed, or the operation does not support it.",
    "invalid_cursor": "The cursor was not made for this list.",
    "invalid": "Something else is wrong with the value: see the message.",
}
"""An item of a batch may also have the code of any problem."""
