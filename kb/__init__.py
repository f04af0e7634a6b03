"""What a document, a clause, a passage, an answer and a citation are, and what makes an answer trustworthy."""
