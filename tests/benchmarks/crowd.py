"""A crowd of customers with addresses, consents and orders, made by the database itself."""

from datetime import UTC, datetime

from storage.database import Database
from storage.instants import to_micros

BEGIN = datetime(2027, 3, 1, tzinfo=UTC)
ZONES = (
    *("Europe/Lisbon", "Europe/Madrid", "Europe/Paris", "Europe/Berlin", "Europe/Athens", "Europe/Moscow"),
    *("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Sao_Paulo"),
    *("America/Bogota", "Asia/Tokyo", "Asia/Kolkata", "Asia/Dubai", "Asia/Kathmandu", "Australia/Sydney"),
    *("Pacific/Auckland", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Africa/Lagos", "Africa/Nairobi"),
    *("Asia/Shanghai", "Atlantic/Azores"),
)
DAY = 86_400_000_000

# Every number follows from i, so that two databases hold the same crowd.
CUSTOMERS = """
INSERT INTO customers (id, name, language, zone, tier, created_at, device_zone, country, region,
  account_manager, preferred_channel, birth_month, birth_day, birth_year, birthday_in_bulk,
  birthday_fault, feb29)
SELECT i, 'Customer ' || i, CASE i % 3 WHEN 0 THEN 'pt' WHEN 1 THEN 'en' ELSE 'es' END,
  CASE i % 25 {zones} ELSE '' END, CASE i % 20 WHEN 0 THEN 'gold' ELSE 'iron' END, {begin} - 500 * {day}, '',
  CASE i % 25 WHEN 24 THEN 'JP' ELSE '' END, '', '', '', 1 + i % 12, 1 + (i / 12) % 28, 1950 + i % 50,
  {no}, '', ''
FROM {series}
"""
ADDRESSES = """
INSERT INTO addresses (id, customer_id, address, channel, stopped_at, stop_source, last_in_at, created_at,
  closed_reason)
SELECT i, i, CASE i % 2 WHEN 0 THEN 'tel:+351' || (910000000 + i) ELSE 'telegram:' || i END,
  CASE i % 2 WHEN 0 THEN 'sms' ELSE 'telegram' END, CASE i % 50 WHEN 7 THEN {begin} - 3 * {day} END,
  '', CASE i % 9 WHEN 0 THEN {begin} - 20 * {day} END, {begin} - 500 * {day}, '' FROM {series}
"""
ALLOWANCES = """
INSERT INTO allowances (address_id, subject, allowed, at)
SELECT i, 'marketing', {yes}, {begin} - 100 * {day} FROM {series} WHERE i % 10 <> 3
"""
ORDERS = """
INSERT INTO orders (id, customer_id, number, placed_at, delivered_at, total, currency, summary, changed_at)
SELECT i, 1 + i % {buyers}, 'A' || i, {begin} - (2 + i % 700) * {day},
  {begin} - (i % 700) * {day}, 1000 + i % 9000, 'EUR', 'shoes', {begin} - (i % 700) * {day} FROM {orders}
"""


async def make(database: Database, customers: int, orders: int) -> None:
    """Fill an empty database with so many customers, one address each, and orders of every fourth."""
    postgres = database.dialect == "postgresql"
    told = {
        "zones": " ".join(f"WHEN {n} THEN '{zone}'" for n, zone in enumerate(ZONES)),
        "begin": to_micros(BEGIN),
        "day": DAY,
        "no": "false" if postgres else "0",
        "yes": "true" if postgres else "1",
        "buyers": max(customers // 4, 1),
        "series": _series(customers, postgres=postgres),
        "orders": _series(orders, postgres=postgres),
    }
    for statement in (CUSTOMERS, ADDRESSES, ALLOWANCES, ORDERS):
        async with database.writing() as connection:
            await connection.exec_driver_sql(statement.format(**told))
    async with database.writing() as connection:
        await connection.exec_driver_sql("ANALYZE")


def _series(last: int, *, postgres: bool) -> str:
    if postgres:
        return f"generate_series(1::bigint, {last}) AS i"
    counted = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {last})"
    return f"({counted} SELECT i FROM n)"
