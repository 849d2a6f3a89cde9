import { createHash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';

/**
 * The transaction of an occurrence: the same for everybody who works it out, so that what is submitted twice is one
 * transfer. A UUID of version 7 with the time at which it was due.
 */
export function occurrenceTransactionId(scheduledTransferId: string, occursAt: number): string {
  const random = createHash('sha256').update(`${scheduledTransferId} ${occursAt}`).digest();
  return uuidv7({ msecs: occursAt, seq: random.readUInt32BE(16), random: random.subarray(0, 16) });
}
