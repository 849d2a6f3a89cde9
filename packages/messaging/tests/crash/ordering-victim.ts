import { OpenWallet } from '@florin/contracts';
import { createDatabase } from '@florin/database';
import {
  createMessaging,
  type DiscardedLetter,
  handle,
  PermanentError,
  RetryableError,
} from '@florin/messaging';
import { createLogger, createMetrics, systemClock } from '@florin/observability';
import { v7 as uuidv7 } from 'uuid';
import { dieAt } from './die-at.js';
import { kindOfNote, messageCount, noteOf, owner, walletOf } from './workload.js';

const { DATABASE_URL, TOPIC_PREFIX, KAFKA_BROKERS, SCHEMA_REGISTRY_URL, DIE_AT, DIE_OCCURRENCE } =
  process.env;

if (DIE_AT) dieAt(DIE_AT, Number(DIE_OCCURRENCE));

const operatorEveryMs = 100;
const logger = createLogger({ service: 'victim', level: 'warn' });
const database = createDatabase({
  url: DATABASE_URL!,
  applicationName: 'victim',
  maxConnections: 6,
  logger,
});
const messaging = createMessaging({
  service: 'victim',
  kafka: {
    brokers: KAFKA_BROKERS!.split(','),
    topicPrefix: TOPIC_PREFIX!,
    partitions: 2,
    replicationFactor: 1,
    retryDelays: ['100ms'],
  },
  schemaRegistryUrl: SCHEMA_REGISTRY_URL!,
  database,
  clock: systemClock,
  logger,
  metrics: createMetrics('victim'),
});

messaging.consume({
  group: { name: 'wallet', service: 'victim', topics: ['wallet.commands'] },
  ordering: { 'wallet.commands': 'key' },
  handlers: [
    handle(OpenWallet, async ({ tx }, messages) => {
      for (const { value, attempt } of messages) {
        const kind = kindOfNote(value.name!);
        if (kind === 'poison') throw new PermanentError('poison', 'never');
        if (kind === 'flaky' && attempt === 1) throw new RetryableError('flaky', 'not at first');
      }
      await tx.query('INSERT INTO effects (note) SELECT * FROM unnest($1::text[])', [
        messages.map(({ value }) => value.name),
      ]);
    }),
  ],
});
messaging.consumeDeadLetters({
  groupName: 'victim-dead-letters',
  apply: async ({ tx }, letters) => {
    for (const { topic, partition, offset, payload, group, key, failure } of letters) {
      const discard = { letter: { partition, group, key, failure }, deadLetterId: uuidv7() };
      await tx.query('INSERT INTO letters VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING', [
        topic,
        partition,
        offset,
        (payload as OpenWallet).name,
        JSON.stringify(discard),
      ]);
    }
  },
});
process.once('SIGTERM', () => {
  clearInterval(operator);
  void messaging
    .stop()
    .then(() => database.close())
    .then(() => process.exit(0));
});
await messaging.start();
let discarding = Promise.resolve();
const operator = setInterval(() => {
  discarding = discarding.then(discardLetters);
}, operatorEveryMs);
await produce();

/** Puts every dead letter aside; one that is told twice does no harm. */
async function discardLetters(): Promise<void> {
  const { rows } = await database.pool.query<{ discard: DiscardedLetter }>(
    'SELECT discard FROM letters WHERE NOT discarded',
  );
  if (rows.length === 0) return;
  await messaging.discard(rows.map(({ discard }) => discard));
  await database.pool.query(
    `UPDATE letters SET discarded = true WHERE discard->>'deadLetterId' = ANY($1::text[])`,
    [rows.map(({ discard }) => discard.deadLetterId)],
  );
}

async function produce(): Promise<void> {
  const { rows } = await database.pool.query<{ n: number }>('SELECT count(*) AS n FROM produced');
  for (let i = rows[0]!.n; i < messageCount; i++) {
    const walletId = walletOf(i);
    await messaging.transaction(async (unit) => {
      await unit.tx.query('INSERT INTO produced (n) VALUES ($1)', [i]);
      unit.send(OpenWallet, walletId, {
        walletId,
        ownerId: owner,
        walletType: 'personal-usd',
        name: noteOf(i),
      });
    });
  }
}
