import { randomBytes } from 'node:crypto';
import { PostDeposit, TransactionDeclined } from '@florin/contracts';
import { createSealedSecrets } from '@florin/sealed-secrets';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { v7 as uuidv7 } from 'uuid';
import { eventually } from '../../../test/story/eventually.js';
import { claimDeposits } from '../src/db/claim-deposits.js';
import { createTransactionFixture, type TransactionFixture } from './transaction-fixture.js';

/** What a process leaves behind that dies in the middle of a charge, and what the next one makes of it. */
let fixture: TransactionFixture;
beforeAll(async () => {
  fixture = await createTransactionFixture();
});
afterAll(() => fixture?.close());

/** A deposit as a process left it that claimed it `agoMs` ago and whose lease ends in `leaseMs`. */
async function abandoned(options: {
  agoMs: number;
  leaseMs: number;
  fundingRef: string;
  attempts?: number;
}): Promise<string> {
  const transactionId = uuidv7();
  await fixture.pool.query(
    `WITH t AS (
       INSERT INTO transactions (id, type, status, destination_wallet_id, destination_owner_id, amount, fee, currency,
                                 created_at)
       VALUES ($1, 'deposit', 'pending', $2, $3, 250, 0, 'USD', now()) RETURNING id)
     INSERT INTO deposits (transaction_id, state, funding_ref, attempts, last_attempt_at, next_attempt_at,
                           correlation_id, updated_at)
     SELECT id, 'charge-due', $4, $8, now() - make_interval(secs => $5), now() + make_interval(secs => $6), $7, now()
       FROM t`,
    [
      transactionId,
      uuidv7(),
      uuidv7(),
      options.fundingRef,
      options.agoMs / 1_000,
      options.leaseMs / 1_000,
      uuidv7(),
      options.attempts ?? 1,
    ],
  );
  return transactionId;
}

function charge(reference: string): Promise<Response> {
  return fetch(`${fixture.config.PSP_URL}/psp/charges`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': reference },
    body: JSON.stringify({ reference, amount: 250, currency: 'USD', fundingToken: 'tok_ok' }),
  });
}

const posted = (id: string) => fixture.heard(PostDeposit, (command) => command.transactionId === id);
const declined = (id: string) => fixture.heard(TransactionDeclined, (event) => event.transactionId === id);

async function stateOf(transactionId: string) {
  const { rows } = await fixture.pool.query<{ state: string; attempts: number; last_attempt_at: Date }>(
    'SELECT state, attempts, last_attempt_at FROM deposits WHERE transaction_id = $1',
    [transactionId],
  );
  return rows[0]!;
}

describe('a deposit whose process died', () => {
  test('after the charge is posted from what the provider says, without the token', async () => {
    const transactionId = await abandoned({ agoMs: 1_000, leaseMs: 500, fundingRef: 'gone' });
    expect((await charge(transactionId)).status).toBe(201);
    await posted(transactionId);
    expect(await fixture.charges(transactionId)).toHaveLength(1);
  });

  test('before the charge is charged by the next one', async () => {
    const fundingRef = await fixture.seal('tok_ok');
    const transactionId = await abandoned({ agoMs: 1_000, leaseMs: 0, fundingRef });
    await posted(transactionId);
    expect(await fixture.charges(transactionId)).toHaveLength(1);
  });

  test('is cancelled at the provider without its token, which refuses the charge that arrives after that', async () => {
    const transactionId = await abandoned({ agoMs: 1_000, leaseMs: 0, fundingRef: 'gone' });
    expect(await declined(transactionId)).toMatchObject({ declineReason: 'funding-token-expired' });
    expect((await charge(transactionId)).status).toBe(422);
    expect(await fixture.charges(transactionId)).toMatchObject([{ status: 'declined' }]);
  });

  test('is cancelled at the provider before a refusal of the next attempt is believed', async () => {
    const fundingRef = await fixture.seal('tok_unknown');
    const transactionId = await abandoned({ agoMs: 1_000, leaseMs: 0, fundingRef });
    expect(await declined(transactionId)).toMatchObject({ declineReason: 'payment-declined' });
    // The first attempt, which the provider had queued.
    expect((await charge(transactionId)).status).toBe(422);
    expect(await fixture.charges(transactionId)).toMatchObject([{ status: 'declined' }]);
  });
});

test('charges that the breaker opens on are found when their tokens have gone, not declined', async () => {
  const deposits = await Promise.all(
    Array.from({ length: 16 }, async () => {
      const fundingRef = await fixture.seal('tok_timeout');
      const waiting = { agoMs: 0, leaseMs: 3_600_000, fundingRef, attempts: 0 };
      return { fundingRef, transactionId: await abandoned(waiting) };
    }),
  );
  const ids = deposits.map(({ transactionId }) => transactionId);
  // All at once: the answers are lost together, and the breaker opens before anybody asks what became of the charges.
  await fixture.pool.query('UPDATE deposits SET next_attempt_at = now() WHERE transaction_id = ANY($1)', [
    ids,
  ]);
  await eventually('every charge', async () => {
    const charges = await Promise.all(ids.map((id) => fixture.charges(id)));
    return charges.every((each) => each.length === 1) || undefined;
  });
  await Promise.all(deposits.map(({ fundingRef }) => fixture.discard(fundingRef)));
  await Promise.all(ids.map((id) => posted(id)));
  expect(
    fixture.peer.heard(TransactionDeclined).filter(({ value }) => ids.includes(value.transactionId)),
  ).toEqual([]);
});

test('instances that claim at once share the due deposits without overlap', async () => {
  const far = 3_600_000;
  const ids = await Promise.all(
    Array.from({ length: 12 }, () => abandoned({ agoMs: 0, leaseMs: far, fundingRef: 'x' })),
  );
  // The service under test lives now; these claims are made by instances two hours ahead.
  const now = new Date(Date.now() + 2 * far);
  const leaseUntil = new Date(now.getTime() + far);
  const claims = await Promise.all(
    [1, 2, 3].map(() => claimDeposits(fixture.pool, { now, leaseUntil, limit: 5 })),
  );
  const claimed = claims.flat().map((deposit) => deposit.transactionId);
  expect(claimed.toSorted()).toEqual(ids.toSorted());
  expect(await claimDeposits(fixture.pool, { now, leaseUntil, limit: 5 })).toEqual([]);
});

test('an attempt whose token does not open has sent nothing, so nothing has to be cancelled for it', async () => {
  const redis = new Redis(process.env.REDIS_URL!);
  const others = createSealedSecrets({ redis, key: randomBytes(32).toString('base64') });
  const fundingRef = await others.seal('tok_ok', 600);
  redis.disconnect();
  const transactionId = await abandoned({ agoMs: 86_400_000, leaseMs: 3_600_000, fundingRef, attempts: 0 });
  const { last_attempt_at: before } = await stateOf(transactionId);
  await fixture.pool.query('UPDATE deposits SET next_attempt_at = now() WHERE transaction_id = $1', [
    transactionId,
  ]);
  await eventually('an attempt that sent nothing', async () => {
    const { attempts, last_attempt_at: at } = await stateOf(transactionId);
    return attempts >= 1 && at.getTime() === before.getTime() ? true : undefined;
  });
});

test('a refusal that is learnt when a later attempt has begun is not recorded: that one may succeed', async () => {
  const slow = await createTransactionFixture({ env: { PSP_TIMEOUT_MS: '30000' } });
  try {
    await slow.defineType('deposit');
    await slow.setFault('slow', 8_000);
    const transactionId = await slow.deposit('tok_declined', 250);
    // As another instance would, to which the lease of the first has passed.
    await eventually('the next attempt', async () => {
      const { rowCount } = await slow.pool.query(
        `UPDATE deposits SET attempts = 2, next_attempt_at = 'infinity' WHERE transaction_id = $1 AND attempts = 1`,
        [transactionId],
      );
      return rowCount === 1 || undefined;
    });
    // Waits for what is under way.
    await slow.service.stop();
    expect(await slow.charges(transactionId)).toMatchObject([{ status: 'declined' }]);
    const { rows } = await slow.pool.query('SELECT state FROM deposits WHERE transaction_id = $1', [
      transactionId,
    ]);
    expect(rows).toEqual([{ state: 'charge-due' }]);
  } finally {
    await slow.close();
  }
});

// The last one, because its failures are still in the window of the breaker.
test('a deposit is not declined without its token while the provider does not answer for it, however long ago that was', async () => {
  await fixture.setFault('error');
  const transactionId = await abandoned({ agoMs: 86_400_000, leaseMs: 0, fundingRef: 'gone' });
  const { last_attempt_at: sentAt } = await stateOf(transactionId);
  await eventually('attempts that sent nothing', async () => {
    const { attempts, last_attempt_at: at } = await stateOf(transactionId);
    return attempts >= 3 && at.getTime() === sentAt.getTime() ? true : undefined;
  });
  expect(await stateOf(transactionId)).toMatchObject({ state: 'charge-due' });
  await fixture.setFault('ok');
  expect(await declined(transactionId)).toMatchObject({ declineReason: 'funding-token-expired' });
});
