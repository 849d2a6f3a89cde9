/**
 * SQL for the digest of the entry `e`: SHA-256 of its canonical encoding, 120 bytes, big-endian, version 1:
 * id, transaction_id, wallet_id (16 bytes each), sequence, amount, held_change, posted, held, available (8 bytes each,
 * signed), hold_id (16 bytes, zeros for none), posted_at (8 bytes, microseconds since 1970-01-01 UTC).
 * PostgreSQL encodes it, because JavaScript's dates have no microseconds.
 */
export const entryDigest = `sha256(
  uuid_send(e.id) || uuid_send(e.transaction_id) || uuid_send(e.wallet_id) || int8send(e.sequence) || int8send(e.amount)
  || int8send(e.held_change) || int8send(e.posted) || int8send(e.held) || int8send(e.available)
  || coalesce(uuid_send(e.hold_id), '\\x00000000000000000000000000000000'::bytea)
  || int8send((extract(epoch FROM e.posted_at) * 1000000)::bigint))`;
