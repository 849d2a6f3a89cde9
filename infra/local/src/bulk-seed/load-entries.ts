import type pg from 'pg';
import { inTransaction, type SeedPools } from './load-customers.js';
import { customersPerUnit, maxCustomers, seededId } from './unit.js';

const amount = 5_00;

export interface Round {
  /** 1, 2, 3 …: a round follows the one before on each wallet. */
  readonly number: number;
  readonly postedAt: Date;
}

const pairs = `generate_series($1::bigint * ${customersPerUnit}, ($1::bigint + 1) * ${customersPerUnit} - 1) AS c (n)`;
/** Two transfers of a customer in a round, there and back: `leg` is 0 or 1. */
const transferNumber = (leg: string): string => `($2::bigint * ${maxCustomers} + c.n) * 2 + ${leg}`;

/**
 * In a round each customer pays from the personal into the business wallet and back: two entries a wallet, and the
 * balances are what they were. Wallets that were used otherwise are left out, in every database alike. Returns how many entries
 * were new to any.
 */
export async function loadRound(
  pools: Pick<SeedPools, 'wallet' | 'edge'>,
  unit: number,
  round: Round,
  isLedgerOnly: boolean,
): Promise<number> {
  const inLedger = await inTransaction(pools.wallet, (client) => loadLedgerRound(client, unit, round));
  if (isLedgerOnly) return inLedger;
  // The ledger may have it from a run that died before it came here: then the time is that of then.
  const first = `${round.number}::bigint * ${maxCustomers * 2} + ${unit * customersPerUnit * 2}`;
  const { rows } = await pools.wallet.query<{ postedAt: Date }>(
    `SELECT posted_at AS "postedAt" FROM transfers WHERE transaction_id = ${seededId('transfer', first)}`,
  );
  if (!rows[0]) return inLedger;
  const { postedAt } = rows[0];
  const shown = await inTransaction(pools.edge, (client) =>
    loadReadModelRound(client, unit, { ...round, postedAt }),
  );
  return Math.max(inLedger, shown);
}

/** The lines of a round: customer, leg, wallet, sequence, amount and balance after it. `sequence` is that before. */
function lines(sequence: string): string {
  return `SELECT c.n, l.leg, w.id AS wallet_id, w.${sequence} + l.leg + 1 AS sequence,
                 l.sign * side.sign * ${amount} AS amount,
                 w.posted + CASE WHEN l.leg = 0 THEN side.sign * ${amount} ELSE 0 END AS posted, w.available - w.posted AS spare
            FROM ${pairs}
                 CROSS JOIN (VALUES (0, -1), (1, 1)) AS side (place, sign)
                 CROSS JOIN (VALUES (0, 1), (1, -1)) AS l (leg, sign)
                 JOIN usable w ON w.id = ${seededId('wallet', 'c.n * 2 + side.place')}`;
}

/** Wallets as the round before has left them, of customers both of whose wallets are. */
function usable(columns: string, sequence: string): string {
  const range = (w: string): string =>
    `${w}.id BETWEEN ${seededId('wallet', `$1::bigint * ${customersPerUnit * 2}`)}
             AND ${seededId('wallet', `($1::bigint + 1) * ${customersPerUnit * 2} - 1`)}`;
  const untouched = (w: string): string =>
    `${range(w)} AND ${w}.${sequence} = 1 + 2 * ($2::bigint - 1) AND ${w}.posted >= ${amount} AND ${w}.held = 0
     AND ${w}.status = 'active'`;
  return `usable AS (
    SELECT w.id, w.posted, w.${sequence}, ${columns} AS available FROM wallets w
     WHERE ${untouched('w')}
       AND EXISTS (SELECT FROM wallets o WHERE o.owner_id = w.owner_id AND o.id <> w.id AND ${untouched('o')}))`;
}

// The statements have no name: a plan that is kept does not know how few wallets a unit has.
async function loadLedgerRound(client: pg.PoolClient, unit: number, round: Round): Promise<number> {
  const { rowCount } = await client.query({
    text: `WITH ${usable('w.posted + w.overdraft_limit', 'sequence')}, moved AS (
             INSERT INTO transfers (transaction_id, kind, source_wallet_id, destination_wallet_id, amount, currency, status,
                                    posted_at)
             SELECT ${seededId('transfer', transferNumber('l.leg'))}, 'transfer',
                    ${seededId('wallet', 'c.n * 2 + l.leg')}, ${seededId('wallet', 'c.n * 2 + 1 - l.leg')}, ${amount}, 'USD',
                    'posted', $3::timestamptz
               FROM ${pairs} CROSS JOIN (VALUES (0), (1)) AS l (leg)
              WHERE EXISTS (SELECT FROM usable w WHERE w.id = ${seededId('wallet', 'c.n * 2')}))
           INSERT INTO entries (id, transaction_id, wallet_id, sequence, amount, posted, held, available, posted_at)
           SELECT ${seededId('transferEntry', `(${transferNumber('c.leg')}) * 2 + (c.amount > 0)::int`)},
                  ${seededId('transfer', transferNumber('c.leg'))}, c.wallet_id, c.sequence, c.amount, c.posted, 0,
                  c.posted + c.spare, $3::timestamptz
             FROM (${lines('sequence')}) AS c`,
    values: [unit, round.number, round.postedAt],
  });
  return rowCount ?? 0;
}

async function loadReadModelRound(client: pg.PoolClient, unit: number, round: Round): Promise<number> {
  const { rowCount } = await client.query({
    text: `WITH ${usable('w.available', 'balance_sequence')}, moved AS (
             INSERT INTO transactions (id, type, status, amount, fee, currency, source_wallet_id, source_owner_id,
                                       destination_wallet_id, destination_owner_id, created_at, completed_at)
             SELECT ${seededId('transfer', transferNumber('l.leg'))}, 'transfer', 'completed', ${amount}, 0, 'USD',
                    ${seededId('wallet', 'c.n * 2 + l.leg')}, ${seededId('customer', 'c.n')},
                    ${seededId('wallet', 'c.n * 2 + 1 - l.leg')}, ${seededId('customer', 'c.n')}, $3::timestamptz, $3::timestamptz
               FROM ${pairs} CROSS JOIN (VALUES (0), (1)) AS l (leg)
              WHERE EXISTS (SELECT FROM usable w WHERE w.id = ${seededId('wallet', 'c.n * 2')})
           ), written AS (
             INSERT INTO entries (entry_id, transaction_id, wallet_id, sequence, amount, posted, held, available, posted_at)
             SELECT ${seededId('transferEntry', `(${transferNumber('c.leg')}) * 2 + (c.amount > 0)::int`)},
                    ${seededId('transfer', transferNumber('c.leg'))}, c.wallet_id, c.sequence, c.amount, c.posted, 0,
                    c.posted + c.spare, $3::timestamptz
               FROM (${lines('balance_sequence')}) AS c)
           UPDATE wallets w SET balance_sequence = w.balance_sequence + 2, complete_sequence = w.complete_sequence + 2
             FROM usable u WHERE w.id = u.id`,
    values: [unit, round.number, round.postedAt],
  });
  // The statement counts wallets, of which each got two entries.
  return (rowCount ?? 0) * 2;
}
