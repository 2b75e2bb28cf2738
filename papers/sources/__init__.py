"""The outside world: PubMed and Semantic Scholar over HTTP. Knows no database and no Django.

Terms: a *question* is one request to a source, without secrets, so that two equal questions can
be told to be one (``questions``); ``http`` asks it and gets the bytes of an answer that is whole;
``pace`` keeps all threads, processes and hosts together under a source's allowed rate; ``pubmed``
and ``semantic_scholar`` put questions and read answers.
"""
