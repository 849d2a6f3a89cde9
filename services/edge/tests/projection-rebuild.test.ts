import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { CardStatusChanged } from '@florin/contracts';
import { createKafka } from '@florin/messaging/testing';
import { createLogger } from '@florin/observability';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { eventually } from '../../../test/story/eventually.js';
import { expectStatus } from '../../../test/story/http.js';
import { type Any, admin, type Customer, EdgeFixture } from './edge-fixture.js';
import { EventStreamClient } from './event-stream-client.js';

const command = fileURLToPath(new URL('../../../packages/ops/bin/florin.js', import.meta.url));
let edge: EdgeFixture;
let ada: Customer;
let adas: string;
let graces: string;

beforeAll(async () => {
  edge = await EdgeFixture.create();
  ada = await edge.newCustomer();
  adas = await edge.openWallet(ada);
  graces = await edge.openWallet(await edge.newCustomer());
  await edge.deposit(ada, adas, 1_000_000);
  for (let i = 1; i <= 20; i++) await edge.transfer(ada, adas, graces, i);
  await edge.transfer(ada, adas, graces, 99_999_999);
  await edge.call('POST', `/v1/wallets/${adas}/freeze`, { token: admin, body: {} });
  await edge.call('POST', `/v1/wallets/${adas}/unfreeze`, { token: admin, body: {} });
});
afterAll(() => edge.close());

const tables = ['wallet_types', 'wallets', 'entries', 'cards', 'transactions', 'notifications'];

async function contents(): Promise<Record<string, Any[]>> {
  const found: Record<string, Any[]> = {};
  for (const table of tables) {
    const { rows } = await edge.pool.query(`SELECT * FROM ${table} AS t ORDER BY t::text`);
    found[table] = rows;
  }
  return found;
}

/** Everything about a table that a migration could name. */
async function definitions(): Promise<Any[]> {
  const { rows } = await edge.pool.query(
    `SELECT tablename AS table, indexname AS name, indexdef AS definition FROM pg_indexes
     WHERE schemaname = 'public' AND tablename = ANY($1)
     UNION ALL
     SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
     WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text = ANY($1)
     UNION ALL
     SELECT relname, 'options', array_to_string(reloptions, ',') FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relname = ANY($1)
     ORDER BY 1, 2, 3`,
    [tables],
  );
  return rows;
}

describe('a rebuild', () => {
  test('mends what was broken, and leaves everything else as it is, tables included', async () => {
    const [before, shape] = [await contents(), await definitions()];
    await edge.pool.query('UPDATE wallets SET posted = posted + 5 WHERE id = $1', [adas]);
    await edge.pool.query('DELETE FROM entries WHERE wallet_id = $1 AND sequence > 3', [graces]);
    await edge.pool.query(
      `UPDATE transactions SET status = 'declined', decline_reason = 'x' WHERE amount = 7`,
    );
    const outcome = await edge.rebuild({ reason: 'broken on purpose' });
    expect([outcome.status, outcome.detail]).toEqual(['completed', 'completed']);
    expect(outcome.recordsRead).toBeGreaterThanOrEqual(outcome.recordsTotal);
    expect(await contents()).toEqual(before);
    expect(await definitions()).toEqual(shape);
    await eventually('the old tables to be gone', async () => {
      const { rows } = await edge.pool.query(`SELECT 1 FROM pg_namespace WHERE nspname LIKE 'projection%'`);
      return rows.length === 0 ? true : undefined;
    });
    const { body } = await edge.call('GET', `/ops/v1/audits?subject=${outcome.id}&sort=sequence`, {
      token: admin,
    });
    expect(body.data.map(({ action }: Any) => action)).toEqual([
      'projections.rebuild',
      'projections.rebuilt',
    ]);
  });

  test('can be asked for on the command line, which says what came of it', async () => {
    const florin = async (...args: string[]): Promise<string> => {
      const env = { ...process.env, FLORIN_URL: edge.url, FLORIN_API_KEY: admin };
      return (await promisify(execFile)(process.execPath, [command, ...args], { env })).stdout;
    };
    const said = await florin(
      'projections',
      'rebuild',
      'wallet-types',
      'wallets',
      '--reason',
      'a test',
      '--yes',
    );
    expect(said).toMatch(/^\d+ rows rebuilt\.\n$/);
    expect(await florin('projections', 'list')).toMatch(/completed +wallet-types wallets/);
  });

  test('loses nothing that happens meanwhile, and reads go on', async () => {
    let done = false;
    let reads = 0;
    const paid: string[] = [];
    const reading = (async () => {
      while (!done) {
        const answer = await edge.call('GET', `/v1/wallets/${adas}`, { token: ada.token });
        expect(answer.status).toBe(200);
        reads++;
      }
    })();
    const writing = (async () => {
      while (!done) {
        const answer = await edge.transfer(ada, adas, graces, 1);
        expect([answer.status, answer.body.status]).toEqual([201, 'completed']);
        paid.push(answer.body.id);
        const read = await edge.call('GET', `/v1/transactions/${answer.body.id}`, { token: ada.token });
        expect(read.body).toEqual(answer.body);
      }
    })();
    const outcome = await edge.rebuild({ projections: ['wallets', 'transactions'] }).finally(() => {
      done = true;
    });
    await Promise.all([reading, writing]);
    expect([outcome.status, outcome.detail]).toEqual(['completed', 'completed']);
    expect(reads).toBeGreaterThan(0);
    const { rows } = await edge.pool.query(
      'SELECT count(*)::int AS kept FROM transactions WHERE id = ANY($1)',
      [paid],
    );
    expect(rows[0].kept).toBe(paid.length);
    const balance = await edge.call('GET', `/v1/wallets/${adas}`, { token: ada.token });
    expect(balance.body.balances.posted).toBe(edge.double.accounts.get(adas)!.posted);
    const entries = await edge.pool.query(
      'SELECT count(*)::int AS kept, max(sequence)::int AS last FROM entries WHERE wallet_id = $1',
      [adas],
    );
    expect(entries.rows[0].kept).toBe(entries.rows[0].last);
  });

  test('leaves what has not been projected yet to the projections, which answer calls and tell streams', async () => {
    const stream = await EventStreamClient.connect(edge.url, { token: ada.token });
    const known = edge.double.transfers.length;
    edge.double.holdTransfers = true;
    const answer = edge.transfer(ada, adas, graces, 3);
    const { transactionId } = await eventually('the command', async () => edge.double.transfers[known]);
    const holder = await edge.pool.connect();
    try {
      // Nothing can be projected, and tables can be exchanged.
      await holder.query('BEGIN');
      await holder.query('LOCK TABLE inbox IN SHARE MODE');
      await edge.double.releaseTransfers();
      await eventually('the topics to hold its outcome', async () => {
        const { rows } = await edge.double.pool.query('SELECT FROM outbox');
        return rows.length === 0 ? true : undefined;
      });
      expect((await edge.rebuild()).detail).toBe('completed');
      const read = await edge.call('GET', `/v1/transactions/${transactionId}`, { token: ada.token });
      expect(read.body.status).toBe('pending');
    } finally {
      await holder.query('ROLLBACK');
      holder.release();
    }
    expect((await answer).body).toMatchObject({ id: transactionId, status: 'completed' });
    await eventually('the stream to be told', async () =>
      stream.ofType('transaction.completed').find((event: Any) => event.data.id === transactionId),
    );
    const balance = await edge.call('GET', `/v1/wallets/${adas}`, { token: ada.token });
    expect(balance.body.balances.posted).toBe(edge.double.accounts.get(adas)!.posted);
    stream.disconnect();
  });

  test('lets writers through while it cannot have the tables, and ends when it can', async () => {
    const holder = await edge.pool.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT 1 FROM wallets WHERE false FOR KEY SHARE');
    const started = await edge.call('POST', '/ops/v1/projection-rebuilds', { token: admin, body: {} });
    const { id } = expectStatus(started, 202);
    const rebuildOf = async () =>
      (await edge.call('GET', `/ops/v1/projection-rebuilds/${id}`, { token: admin })).body;
    try {
      await eventually('the exchange to be tried', async () =>
        (await rebuildOf()).detail === 'exchanging the tables' ? true : undefined,
      );
      for (let i = 0; i < 3; i++) {
        const answer = await edge.transfer(ada, adas, graces, 1);
        expect([answer.status, answer.body.status]).toEqual([201, 'completed']);
      }
      // Whoever loses the lock ends, and the rebuild starts over.
      const { rowCount } = await edge.pool.query(
        `SELECT pg_terminate_backend(pid) FROM pg_locks
         WHERE locktype = 'advisory' AND granted AND objsubid = 1
           AND objid::bigint = hashtext('projection_rebuilds')::bigint & 4294967295
           AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      );
      expect(rowCount).toBe(1);
      expect((await rebuildOf()).status).toBe('running');
    } finally {
      await holder.query('ROLLBACK');
      holder.release();
    }
    const outcome = await eventually('the rebuild to end', async () => {
      const body = await rebuildOf();
      return body.status === 'running' ? undefined : body;
    });
    expect(outcome.detail).toBe('completed');
  });

  test('keeps calls that wait for their outcome, and refusals', async () => {
    edge.double.holdTransfers = true;
    const answer = await edge.transfer(ada, adas, graces, 2, { headers: { prefer: 'respond-async' } });
    expect(answer.status).toBe(202);
    const refused = uuidv7();
    await edge.pool.query(
      `INSERT INTO wallets (id, owner_id, wallet_type, currency, name, status, refusal_reason, created_at)
       VALUES ($1, $2, 'personal-usd', 'USD', 'No', 'refused', 'no', now())`,
      [refused, ada.id],
    );
    expect((await edge.rebuild()).detail).toBe('completed');
    const path = `/v1/transactions/${answer.body.id}`;
    expect((await edge.call('GET', path, { token: ada.token })).body).toEqual(answer.body);
    expect((await edge.call('GET', `/v1/wallets/${refused}`, { token: ada.token })).body.status).toBe(
      'refused',
    );
    await edge.double.releaseTransfers();
    await eventually('the outcome', async () => {
      const { body } = await edge.call('GET', path, { token: ada.token });
      return body.status === 'completed' ? true : undefined;
    });
  });

  test('refuses to lose rows that the topics do not tell of, and takes them over when told to', async () => {
    const seeded = uuidv7();
    await edge.pool.query(
      `INSERT INTO wallets (id, owner_id, wallet_type, currency, name, status, created_at)
       VALUES ($1, $2, 'personal-usd', 'USD', 'Seeded', 'active', now())`,
      [seeded, ada.id],
    );
    const before = await contents();
    const refused = await edge.rebuild({ projections: ['wallets'] });
    expect(refused.status).toBe('failed');
    expect(refused.detail).toMatch(/^rows-untold: 1 rows of wallets/);
    expect(await contents()).toEqual(before);
    const outcome = await edge.rebuild({ projections: ['wallets'], carryOver: true });
    expect([outcome.detail, outcome.rowsCarriedOver]).toEqual(['completed', 1]);
    expect(await contents()).toEqual(before);
    await edge.pool.query('DELETE FROM wallets WHERE id = $1', [seeded]);
  });

  test('refuses when the topics have lost their beginning, and says where', async () => {
    const kafka = createKafka({
      clientId: 'test',
      brokers: process.env.KAFKA_BROKERS!.split(','),
      logger: createLogger({ service: 'test', level: 'silent' }),
    });
    const cluster = kafka.admin();
    await cluster.connect();
    const topic = `${edge.topicPrefix}wallet.events`;
    // Where a wallet is depends on its id: one of the partitions may be empty.
    const { partition } = (await cluster.fetchTopicOffsets(topic)).find(({ high }) => Number(high) > 0)!;
    await cluster.deleteTopicRecords({ topic, partitions: [{ partition, offset: '1' }] });
    await cluster.disconnect();
    const outcome = await edge.rebuild();
    expect(outcome.status).toBe('failed');
    expect(outcome.detail).toMatch(/^history-incomplete: /);
    expect(outcome.detail).toContain(`wallet.events/${partition} begins at 1`);
    const before = await contents();
    expect((await edge.rebuild({ carryOver: true })).detail).toBe('completed');
    expect(await contents()).toEqual(before);
  });

  test('leaves messages alone that nobody could apply', async () => {
    const cardId = uuidv7();
    const ids = { changeId: null, cardId, walletId: adas, ownerId: ada.id };
    await edge.double.messaging.transaction(async (unit) => {
      unit.send(CardStatusChanged, cardId, { ...ids, status: 'frozen', changedBy: 'x', reason: null });
    });
    await eventually('the dead letter', async () => {
      const { body } = await edge.call('GET', '/ops/v1/dead-letters?group=edge', { token: admin });
      return body.data[0];
    });
    expect((await edge.rebuild({ carryOver: true })).detail).toBe('completed');
  });

  test('runs once at a time, needs its scope, and knows its projections', async () => {
    await edge.pool.query(
      `INSERT INTO projection_rebuilds (id, projections, carry_over, requested_by, status, detail, created_at)
       VALUES ($1, '{cards}', true, 'test', 'running', 'left behind by an instance that died', now())`,
      [uuidv7()],
    );
    const second = await edge.call('POST', '/ops/v1/projection-rebuilds', { token: admin, body: {} });
    expect([second.status, second.body.code]).toEqual([409, 'rebuild-running']);
    const unknown = { projections: ['nonsense'] };
    expect(
      (await edge.call('POST', '/ops/v1/projection-rebuilds', { token: admin, body: unknown })).status,
    ).toBe(400);
    expect(
      (await edge.call('POST', '/ops/v1/projection-rebuilds', { token: ada.token, body: {} })).status,
    ).toBe(403);
    // Whatever an instance left behind, another one finishes.
    await eventually('the rebuild that was left behind', async () => {
      const { rows } = await edge.pool.query(`SELECT 1 FROM projection_rebuilds WHERE status = 'running'`);
      return rows.length === 0 ? true : undefined;
    });
  });
});
