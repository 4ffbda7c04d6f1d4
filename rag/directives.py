"""Tells sentences that give orders to whoever, or whatever, reads a document: they are no evidence for anything.

By grammar and addressee, not by topic: a text about instructions, assistants or prompts is read as any other.
"""

from __future__ import annotations

import re

_I = re.IGNORECASE
_BEFORE_ORDER = re.compile(r"^\W*(?:\d{1,3}[.)]\s+|\d{1,2}(?:[:.]\d\d){1,2}\]?\s+|[*_]{0,3}[A-Z\d][^.!?:\n]{1,40}:[*_]{0,3}\s+(?=[A-Z]))+")
_OVERRIDE = re.compile(
    r"^\W*(?:(?:please|now|important|note|attention|system|warning|admin)\W+)*(?:ignore|disregard|forget|override|bypass)\b[^.!?]{0,40}\b(?:instructions?|prompts?|rules|directions|guidelines|commands|(?:above|previous|earlier|prior)(?: text| context)?)\b",
    _I,
)
_ROLE = re.compile(
    r"\b(?:you are(?: now)?|you're now|act as|pretend (?:to be|that you are)|from now on,? you)\b[^.!?]{0,60}\b(?:ai|assistant|chatbot|bot|(?:language )?model|dan|gpt\w*|system)\b",
    _I,
)
_MACHINE = r"(?:ai|ai assistants?|assistants?|chatbots?|language models?|llms?|ai models?|ai systems?|bots?)"
_ADDRESS = re.compile(
    rf"^\W*(?:(?:note|notice|message|instructions?|new instructions|hint|hello|dear|attention)\W+(?:to|for)\s+)?(?:the |any |all |every )?{_MACHINE}(?:\s*[:,—]|\s[–-])",
    _I,
)
_NEW_ORDERS = re.compile(
    rf"\b(?:new|updated|additional|secret|hidden|special)\s+(?:instructions?|orders?|rules?|directives?|task)\b[^.!?]{{0,30}}(?:\bfor\b[^.!?]{{0,20}}\b{_MACHINE}\b|:)",
    _I,
)
_REPLY = r"(?:say|answer|reply|respond|state|output|print|write|tell|claim|cite|begin|start|end|finish)"
_WHEN_ASKED = re.compile(
    rf"\b(?:when|whenever|if|should|for|to)\b[^.!?]{{0,30}}\b(?:you(?: are|'re)? (?:ever )?asked|asked|(?:someone|anyone|the user|a user|users|they|people) asks?|any(?:one|body)? (?:question|asks)|(?:any|all|every) (?:questions?|quer(?:y|ies)))\b[^.!?]*?[,:]?\s*\b(?:always |only |simply |just |please |you must |you should |do not |never )?{_REPLY}\b",
    _I,
)
_ORDERED_REPLY = re.compile(
    r"^\W*(?:(?:please|now|instead|always|only|simply|just|system|important)\W+)*(?:say|answer|reply|respond|output|print|begin|start|end|finish)\b[^.!?]{0,40}\b(?:nothing else|instead|to (?:the user|every|any|all)|in your (?:answer|reply|response)|your (?:answers?|repl(?:y|ies)|responses?) with|with the (?:word|words|phrase|sentence|text)|the (?:word|words|phrase|sentence) [\"“'A-Z])",
    _I,
)
_YOUR_PROMPT = re.compile(r"\b(?:your|the) (?:system )?prompt\b[^.!?]{0,40}|\byour (?:hidden |secret |initial )?instructions\b", _I)
_REVEAL = re.compile(r"^\W*(?:please\W+)?(?:reveal|print|show|repeat|output|display|tell (?:me|us)|leak|expose)\b", _I)

_OWN = r"\byour (?:own |final |next |whole |entire )?"
_YOUR_REPLY = rf"{_OWN}(?:response|reply)\b"
_YOUR_ANSWER = rf"{_OWN}(?:answer|response|reply)\b"
_REWRITE = (  # What is done to the form of a text, not to where it goes ("Send …") or what a person puts down in it ("State …").
    r"(?:re(?:write|phrase|word)|translate|en(?:code|hance|rich)|augment|modify|scramble|jumble|shuffle|misspell|obfuscate)"
)
_REARRANGE = r"(?:re(?:verse|arrange|place)|convert|adjust|alter|substitute|render|integrate|embed|weave|introduce|remove|group|combine)"
"""What a worksheet may ask to be done to an answer, too."""
_ADD = r"(?:include|add|insert|append|put|use|mention|provide)\b[^.!?]{0,20}?"
_WORDS = r"\b(?:sentence|statement|paragraph|headline|reminder|slogan|link|tip|reason)\b"
_COMPOSE = re.compile(
    r"^\W*(?:(?:please|now|always|also|simply)\W+)*"
    rf"(?:(?:{_REWRITE}\b|{_ADD}[\"“])[^!?]{{0,150}}{_YOUR_ANSWER}|(?:{_REARRANGE}\b|{_ADD}{_WORDS})[^!?]{{0,150}}{_YOUR_REPLY}"
    rf"|write\s+{_YOUR_REPLY}\s+(?:backwards?|entirely)\b|in {_YOUR_REPLY},? (?:suggest|tease|promote|advertise|recommend|encourage|urge|claim|pretend|hint)\b)",
    _I,
)


def is_directive(sentence: str) -> bool:
    """Whether a sentence orders a machine that reads it to do or say something; also as an item of a list, or after who says it."""
    return any(map(_orders, {sentence, _BEFORE_ORDER.sub("", sentence, count=1)}))


def _orders(sentence: str) -> bool:
    return bool(
        any(p.search(sentence) for p in (_OVERRIDE, _ROLE, _ADDRESS, _NEW_ORDERS, _WHEN_ASKED, _ORDERED_REPLY, _COMPOSE))
        or (_REVEAL.search(sentence) and _YOUR_PROMPT.search(sentence))
    )
