"""The journal: what keeps a hook durably at once (`keep`), and what becomes of it then (`apply`).

`embedded` does both in one transaction of the database. `stream` keeps in NATS JetStream, and the owner
of each of its partitions applies.
"""
