"""What the kernel and the service itself add to the reference, beside the documentation of the modules."""

from taskhub.kernel.api import cors, long_requests, throttle  # noqa: F401  # Errors are known once they were imported.
from taskhub.kernel.api.documentation import Documentation
from taskhub.service.reference.advice import ADVICE
from taskhub.service.reference.fault_codes import FAULTS
from taskhub.service.reference.glossary import WORDS
from taskhub.service.reference.introduction import TAGS

DOCUMENTATION = Documentation(tags=TAGS, words=WORDS, advice=ADVICE, fault_codes=FAULTS)
