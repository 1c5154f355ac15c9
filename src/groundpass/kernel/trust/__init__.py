"""Signing, sealing and the transparency log: what makes bytes believable, and readable to one receiver.

`signing` keys and signed documents · `ceremony`, `tufrepo` the publisher's side of TUF · `seal` encryption,
padding, wrapped secrets · `keying` the keys of entries · `merkle`, `checkpoint`, `tiles`, `log` the log.
Every failure to verify is NotVerified; secrets, keys and `now` are arguments.
"""
