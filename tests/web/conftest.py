"""Pages speak five languages: their catalogs are compiled before the first page is asked."""

from tools import messages

messages.compile_all()
