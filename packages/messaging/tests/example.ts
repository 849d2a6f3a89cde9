import { readFileSync } from 'node:fs';
import { OpenWallet } from '@florin/contracts';
import { createDatabase, createDatabaseIfMissing } from '@florin/database';
import { createMessaging, handle, PermanentError, RetryableError } from '@florin/messaging';
import { createLogger, createMetrics, systemClock } from '@florin/observability';
import { v7 as uuidv7 } from 'uuid';

const { KAFKA_BROKERS = '127.0.0.1:19092', TOPIC_PREFIX = 'example-' } = process.env;
const { SCHEMA_REGISTRY_URL = 'http://127.0.0.1:18081/apis/ccompat/v7' } = process.env;
const { DATABASE_URL = 'postgres://postgres:postgres@127.0.0.1:15432/example' } = process.env;
const service = 'example';
const logger = createLogger({ service, level: 'warn' });

// Tables of the messaging core beside those of the service; services have them as their first migration.
await createDatabaseIfMissing(DATABASE_URL);
const database = createDatabase({ url: DATABASE_URL, applicationName: service, maxConnections: 5, logger });
const { rows } = await database.pool.query(`SELECT to_regclass('outbox') IS NULL AS empty`);
if (rows[0].empty) {
  const tables = readFileSync(new URL(import.meta.resolve('@florin/messaging/messaging.sql')), 'utf8');
  await database.pool.query(`${tables}; CREATE TABLE wallets (id uuid PRIMARY KEY, status text NOT NULL)`);
}

const messaging = createMessaging({
  service,
  kafka: {
    brokers: KAFKA_BROKERS.split(','),
    topicPrefix: TOPIC_PREFIX, // Topics and groups of its own: the wallet service does not hear of this.
    partitions: 3,
    replicationFactor: 1,
  },
  schemaRegistryUrl: SCHEMA_REGISTRY_URL,
  database,
  clock: systemClock,
  logger,
  metrics: createMetrics(service),
});

messaging.consume({
  group: {
    name: 'example',
    service,
    topics: ['wallet.commands'],
    retry: { delays: ['200ms', '2s'], deadline: '1m' },
  },
  // While a message fails, later ones of its key wait. Other keys go on.
  ordering: { 'wallet.commands': 'key' },
  handlers: [
    // All messages that are ready, in one transaction that also notes them in the inbox.
    handle(OpenWallet, async (unit, messages) => {
      for (const { value, attempt } of messages) {
        if (value.walletType === 'unheard-of')
          throw new PermanentError('wallet-type-unknown', 'no such type');
        if (attempt === 1) throw new RetryableError('not-yet', 'the first attempt fails, for the example');
      }
      const ids = messages.map(({ value }) => value.walletId);
      await unit.tx.query(`UPDATE wallets SET status = 'open' WHERE id = ANY($1::uuid[])`, [ids]);
      unit.afterCommit(() => console.log(`opened at attempt ${messages[0]!.attempt}`));
    }),
  ],
});
await messaging.start();

// State and messages commit together, or not at all. The second one becomes a dead letter, which the log tells.
for (const walletType of ['personal-usd', 'unheard-of']) {
  await messaging.transaction(async (unit) => {
    const walletId = uuidv7();
    await unit.tx.query(`INSERT INTO wallets VALUES ($1, 'ordered')`, [walletId]);
    unit.send(OpenWallet, walletId, { walletId, ownerId: uuidv7(), walletType, name: null });
  });
}

process.once('SIGTERM', async () => {
  await messaging.stop();
  await database.close();
});
