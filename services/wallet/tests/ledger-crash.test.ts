import {
  allMessages,
  type BodyOf,
  CaptureHold,
  type Message,
  type MessageDefinition,
  PlaceHold,
  PostBulk,
  PostDeposit,
  PostTransfer,
  ReverseTransfer,
} from '@florin/contracts';
import type { Database, Transaction } from '@florin/database';
import { createMessaging, type Messaging, type Received } from '@florin/messaging';
import { Codec, claimInbox, createKafka, fingerprintOf } from '@florin/messaging/testing';
import { createLogger, createMetrics, systemClock } from '@florin/observability';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { ledgerHandlers } from '../src/service.js';
import { anHourMs } from './commands.js';
import { createLedgerFixture, type LedgerFixture } from './ledger-fixture.js';

/**
 * The connection dies before or after each statement of a batch with everything in it, the commit included; then the
 * batch is delivered again, as Kafka does. PostgreSQL cannot tell a dead process from a dead connection.
 */
let ledger: LedgerFixture;
let codec: Codec;
const logger = createLogger({ service: 'crash-test', level: 'silent' });

beforeAll(async () => {
  ledger = await createLedgerFixture();
  codec = new Codec(process.env.SCHEMA_REGISTRY_URL!, allMessages as readonly MessageDefinition[]);
  await codec.connect();
});
afterAll(() => ledger.close());

/** The posting path of the service on `database`: inbox, ledger and outbox in one transaction. */
function postingPath(database: Database): (records: readonly Received[]) => Promise<void> {
  const kafka = createKafka({ clientId: 'crash', brokers: ['127.0.0.1:1'], logger });
  const settings = { brokers: [], topicPrefix: '', partitions: 1, replicationFactor: 1, retryDelays: ['1s'] };
  const messaging: Messaging = createMessaging(
    {
      service: 'wallet',
      kafka: settings,
      schemaRegistryUrl: '',
      database,
      clock: systemClock,
      logger,
      metrics: createMetrics('crash'),
    },
    { kafka, codec },
  );
  const [handler] = ledgerHandlers({ clock: systemClock });
  return (records) =>
    messaging.transaction(
      async (unit) => {
        const claims = await claimInbox(
          unit,
          'wallet',
          records.map(({ value, definition }) => ({
            id: value.meta.messageId,
            fingerprint: fingerprintOf(codec.encode(definition, value)),
          })),
        );
        const fresh = records.filter((_, i) => claims[i] === 'new');
        if (fresh.length === 0) return;
        await handler!.apply(
          unit,
          fresh.map((message) => ({ message, result: undefined })),
        );
      },
      { expectsNew: true },
    );
}

function message<T extends Message>(
  definition: MessageDefinition<T>,
  key: string,
  body: BodyOf<T>,
): Received {
  const messageId = uuidv7();
  const meta = {
    messageId,
    occurredAt: Date.now(),
    correlationId: messageId,
    causationId: null,
    actor: 'service:test',
    aggregateVersion: 0,
    deadlineAt: null,
  };
  const value = { ...body, meta } as unknown as Message;
  return { definition: definition as MessageDefinition, key, value, traceparent: undefined, attempt: 1 };
}

/** `a` begins with 1,000 and ends with 1,000 + 50 − 1 − 100 + 30 − 25 − 2 − 10 − 20 = 922. */
function everything(a: string, b: string): Received[] {
  const transferId = uuidv7();
  const holdId = uuidv7();
  const usd = { currency: 'USD', description: null };
  const pay = (amount: number) => ({
    transactionId: uuidv7(),
    sourceWalletId: a,
    destinationWalletId: b,
    amount,
    feeAmount: 0,
    exchange: null,
    ...usd,
  });
  return [
    message(PostDeposit, a, { transactionId: uuidv7(), walletId: a, amount: 50, feeAmount: 1, ...usd }),
    message(PostTransfer, a, { ...pay(100), transactionId: transferId }),
    message(ReverseTransfer, a, {
      transactionId: uuidv7(),
      originalTransactionId: transferId,
      amount: 30,
      description: null,
    }),
    message(PlaceHold, holdId, { holdId, walletId: a, amount: 40, expiresAt: Date.now() + anHourMs, ...usd }),
    message(CaptureHold, holdId, {
      transactionId: uuidv7(),
      holdId,
      amount: 25,
      destinationWalletId: b,
      feeAmount: 2,
      final: true,
      description: null,
    }),
    message(PostBulk, a, { bulkId: uuidv7(), mode: 'atomic', items: [pay(10), pay(20)] }),
  ];
}

interface Plan {
  readonly statement: number;
  readonly moment: 'before' | 'after';
}

/** A database whose next transaction loses its connection at one statement; the number of statements it has had. */
function fragile(database: Database, plan: Plan | undefined, seen: { statements: number }): Database {
  const transaction: Database['transaction'] = async (work) => {
    const tx = await database.pool.connect();
    tx.on('error', () => undefined);
    const kill = async (): Promise<void> => {
      const { rows } = await ledger.owner.pool.query('SELECT pg_terminate_backend($1)', [
        (tx as unknown as { processID: number }).processID,
      ]);
      expect(rows[0]).toEqual({ pg_terminate_backend: true });
    };
    const run = async (...statement: Parameters<Transaction['query']>): Promise<unknown> => {
      const number = seen.statements++;
      if (plan?.statement === number && plan.moment === 'before') await kill();
      const result = await (tx.query as (...all: unknown[]) => Promise<unknown>)(...statement);
      if (plan?.statement === number && plan.moment === 'after') {
        await kill();
        throw Object.assign(new Error('the answer was lost'), { code: 'ECONNRESET' });
      }
      return result;
    };
    const watched = new Proxy(tx, {
      get: (target, name) => (name === 'query' ? run : Reflect.get(target, name)),
    });
    try {
      await watched.query('BEGIN');
      const lasts: Promise<unknown>[] = [];
      const result = await work(watched, (statement) => lasts.push(statement));
      await Promise.all(lasts);
      await watched.query('COMMIT');
      return result;
    } finally {
      tx.release(true);
    }
  };
  return { ...database, transaction };
}

async function outcomeOf(a: string, b: string, records: readonly Received[]): Promise<unknown> {
  const ids = records.map(({ value }) => value.meta.messageId);
  const { rows } = await ledger.owner.pool.query(
    `SELECT (SELECT posted || '/' || held FROM wallets WHERE id = $1) AS a,
            (SELECT posted || '/' || held FROM wallets WHERE id = $2) AS b,
            (SELECT count(*) FROM entries WHERE wallet_id = $1) AS entries,
            (SELECT count(*) FROM inbox WHERE message_id = ANY($3::uuid[])) AS inbox,
            (SELECT count(*) FROM outbox) AS outbox`,
    [a, b, ids],
  );
  return rows[0];
}

async function crashAt(
  plan: Plan | undefined,
): Promise<{ outcome: unknown; statements: number; crashed: boolean }> {
  await ledger.owner.pool.query('DELETE FROM outbox');
  const [a, b] = [await ledger.openWallet(1_000), await ledger.openWallet(0)];
  const records = everything(a, b);
  const seen = { statements: 0 };
  const crashed = await postingPath(fragile(ledger.database, plan, seen))(records).then(
    () => false,
    () => true,
  );
  await postingPath(ledger.database)(records);
  return { outcome: await outcomeOf(a, b, records), statements: seen.statements, crashed };
}

describe('crash between any two statements', () => {
  // A deposit, a transfer, its reversal, a hold, its capture, two transfers of a bulk; and what became of the bulk.
  const whole = { a: '922/0', b: '125/0', entries: 9, inbox: 6, outbox: 8 };

  test('without one, everything is applied', async () => {
    expect(await crashAt(undefined)).toMatchObject({ outcome: whole, crashed: false });
  });

  test.each(['before', 'after'] as const)(
    '%s each of them: delivered again, all is applied once',
    async (moment) => {
      const { statements } = await crashAt(undefined);
      expect(statements).toBeGreaterThanOrEqual(10);
      for (let statement = 0; statement < statements; statement++) {
        const { outcome, crashed } = await crashAt({ statement, moment });
        expect({ statement, outcome, crashed }).toEqual({ statement, outcome: whole, crashed: true });
      }
      expect(await ledger.problems()).toEqual([]);
    },
  );
});
