import type { Transaction } from '@florin/database';
import type { DeadLetter } from '@florin/messaging';
import { v7 as uuidv7 } from 'uuid';

/** Adds records of the dead-letter topics to the index. The position in Kafka absorbs redelivery. */
export async function indexDeadLetters(
  tx: Transaction,
  letters: readonly DeadLetter[],
  topicPrefix: string,
  now: number,
): Promise<void> {
  await tx.query({
    name: 'index-dead-letters',
    text: `INSERT INTO dead_letters
             (id, topic, partition, record_offset, consumer_group, key, value, message_name, payload, error_code,
              error_message, fingerprint, attempts, first_failed_at, last_failed_at, failure, indexed_at, status)
           SELECT r.*, 'pending'
           FROM unnest($1::uuid[], $2::text[], $3::integer[], $4::bigint[], $5::text[], $6::text[], $7::bytea[],
                       $8::text[], $9::jsonb[], $10::text[], $11::text[], $12::text[], $13::integer[],
                       $14::timestamptz[], $15::timestamptz[], $16::jsonb[], $17::timestamptz[]) AS r
           ON CONFLICT DO NOTHING`,
    values: [
      letters.map(() => uuidv7()),
      letters.map((letter) => letter.topic.slice(topicPrefix.length)),
      letters.map((letter) => letter.partition),
      letters.map((letter) => letter.offset),
      letters.map((letter) => letter.group),
      letters.map((letter) => storable(letter.key ?? null)),
      letters.map((letter) => letter.value),
      letters.map((letter) => letter.messageName ?? null),
      letters.map((letter) => (letter.payload === undefined ? null : json(letter.payload))),
      letters.map(({ failure }) => failure.errorCode),
      letters.map(({ failure }) => storable(failure.errorMessage)),
      letters.map(({ failure }) => failure.fingerprint),
      letters.map(({ failure }) => failure.attempts),
      letters.map(({ failure }) => new Date(failure.firstFailedAt)),
      letters.map(({ failure }) => new Date(failure.lastFailedAt)),
      letters.map(({ failure }) => json(failure)),
      letters.map(() => new Date(now)),
    ],
  });
}

/** PostgreSQL cannot store U+0000 in text; the raw bytes keep the original. */
function storable(text: string | null): string | null {
  return text?.replaceAll('\u0000', '\ufffd') ?? null;
}

function json(value: unknown): string {
  return JSON.stringify(value).replaceAll('\\u0000', '\\ufffd');
}
