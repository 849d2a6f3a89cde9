import { OpenWallet } from '@florin/contracts';
import { createDatabase } from '@florin/database';
import { createMessaging } from '@florin/messaging';
import { createLogger, createMetrics, systemClock } from '@florin/observability';
import { owner, walletOf } from './workload.js';

/** Writes to five aggregates, in turn, and publishes, until `control` says stop; from then on it only publishes. */
const { DATABASE_URL, TOPIC_PREFIX, KAFKA_BROKERS, SCHEMA_REGISTRY_URL, INSTANCE } = process.env;

const logger = createLogger({ service: 'writer', level: 'warn' });
const database = createDatabase({
  url: DATABASE_URL!,
  applicationName: INSTANCE!,
  maxConnections: 6,
  logger,
});
const messaging = createMessaging({
  service: 'writer',
  kafka: {
    brokers: KAFKA_BROKERS!.split(','),
    topicPrefix: TOPIC_PREFIX!,
    partitions: 2,
    replicationFactor: 1,
    retryDelays: ['200ms'],
  },
  schemaRegistryUrl: SCHEMA_REGISTRY_URL!,
  database,
  clock: systemClock,
  logger,
  metrics: createMetrics('writer'),
});

process.once('SIGTERM', () => {
  void messaging
    .stop()
    .then(() => database.close())
    .then(() => process.exit(0));
});
await messaging.start();
for (let i = 0; await write(i); i++);

/**
 * The row lock gives the transactions of an aggregate their order, whichever process they are of. The lock of `control`
 * lets whoever stops the writers wait for what they have begun: afterwards nothing is written any more.
 */
function write(i: number): Promise<boolean> {
  return messaging.transaction(async (unit) => {
    const control = await unit.tx.query<{ stop: boolean }>('SELECT stop FROM control FOR SHARE');
    if (control.rows[0]!.stop) return false;
    const { rows } = await unit.tx.query<{ version: number }>(
      'UPDATE aggregate SET version = version + 1 WHERE id = $1 RETURNING version',
      [i % 5],
    );
    const walletId = walletOf(i);
    unit.send(OpenWallet, walletId, {
      walletId,
      ownerId: owner,
      walletType: 'personal-usd',
      name: `${i % 5}/${rows[0]!.version}`,
    });
    return true;
  });
}
