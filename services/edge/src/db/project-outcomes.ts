import type {
  Exchange,
  Hop,
  TransactionCompleted,
  TransactionDeclined,
  TransactionFailed,
} from '@florin/contracts';
import {
  bigintArray,
  type Transaction,
  textArrayLiteral,
  timestampArrayLiteral,
  uuidArray,
} from '@florin/database';
import type { TransactionRow } from '../read-models/transaction.js';
import { transactionColumns } from './transaction-columns.js';

type OutcomeEvent = TransactionCompleted | TransactionDeclined | TransactionFailed;

/** How a transaction ended, and the message that said so. */
export interface ProjectedOutcome {
  readonly event: OutcomeEvent;
  readonly hop: Hop;
}

/**
 * Ends transactions in the read model, and returns those that were not ended before. The instant at which the edge
 * accepted a call stays its `createdAt`; the event's is used for transactions that other services started. A reversal
 * of all that is left learns its amount only now.
 */
export async function projectOutcomes(
  tx: Transaction,
  outcomes: readonly ProjectedOutcome[],
): Promise<readonly TransactionRow[]> {
  const events = outcomes.map(({ event }) => event);
  const { rows } = await tx.query<TransactionRow>({
    name: 'project-outcomes',
    text: `INSERT INTO transactions AS known
             (id, type, status, decline_reason, amount, fee, currency, source_wallet_id, source_owner_id,
              destination_wallet_id, destination_owner_id, description, created_at, completed_at, origin_kind, origin_id,
              hops, exchange_currency, exchange_amount, exchange_rate)
           SELECT unnest($1::uuid[]), unnest($2::text[]), unnest($3::text[]), unnest($4::text[]), unnest($5::bigint[]),
                  unnest($6::bigint[]), unnest($7::text[]), unnest($8::uuid[]), unnest($9::uuid[]), unnest($10::uuid[]),
                  unnest($11::uuid[]), unnest($12::text[]), unnest($13::timestamptz[]), unnest($14::timestamptz[]),
                  unnest($15::text[]), unnest($16::uuid[]), unnest($17::jsonb[]), unnest($18::text[]),
                  unnest($19::bigint[]), unnest($20::text[])
           ON CONFLICT (id) DO UPDATE SET
             status = excluded.status, decline_reason = excluded.decline_reason, fee = excluded.fee,
             completed_at = excluded.completed_at, amount = excluded.amount,
             hops = known.hops || excluded.hops, exchange_currency = excluded.exchange_currency,
             exchange_amount = excluded.exchange_amount, exchange_rate = excluded.exchange_rate
           WHERE known.status = 'pending'
           RETURNING ${transactionColumns}`,
    values: [
      uuidArray(events.map((event) => event.transactionId)),
      textArrayLiteral(events.map((event) => event.type)),
      textArrayLiteral(events.map((event) => statusOf(event))),
      textArrayLiteral(events.map((event) => reasonOf(event))),
      bigintArray(events.map((event) => event.amount)),
      bigintArray(events.map((event) => event.fee)),
      textArrayLiteral(events.map((event) => event.currency)),
      uuidArray(events.map((event) => event.sourceWalletId)),
      uuidArray(events.map((event) => event.sourceOwnerId)),
      uuidArray(events.map((event) => event.destinationWalletId)),
      uuidArray(events.map((event) => event.destinationOwnerId)),
      textArrayLiteral(events.map((event) => event.description)),
      timestampArrayLiteral(events.map((event) => event.createdAt)),
      timestampArrayLiteral(events.map((event) => event.completedAt)),
      textArrayLiteral(events.map((event) => event.origin?.kind ?? null)),
      uuidArray(events.map((event) => event.origin?.id ?? null)),
      textArrayLiteral(outcomes.map(({ event, hop }) => JSON.stringify([...event.hops, hop]))),
      textArrayLiteral(events.map((event) => exchangeOf(event)?.currency ?? null)),
      bigintArray(events.map((event) => exchangeOf(event)?.amount ?? null)),
      textArrayLiteral(events.map((event) => exchangeOf(event)?.rate ?? null)),
    ],
  });
  return rows;
}

function exchangeOf(event: OutcomeEvent): Exchange | null {
  return 'exchange' in event ? event.exchange : null;
}

function statusOf(event: OutcomeEvent): 'completed' | 'declined' | 'failed' {
  if ('declineReason' in event) return 'declined';
  return 'failureReason' in event ? 'failed' : 'completed';
}

function reasonOf(event: OutcomeEvent): string | null {
  if ('declineReason' in event) return event.declineReason;
  return 'failureReason' in event ? event.failureReason : null;
}
