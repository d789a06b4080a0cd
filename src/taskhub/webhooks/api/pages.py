"""The pages of this module's lists."""

from taskhub.kernel.api.pages import Pages
from taskhub.webhooks.application.queries import POSITIONS

page_of = Pages(POSITIONS).of
