import { OpenWallet, WalletOpened } from '@florin/contracts';
import { createDatabase, type Database } from '@florin/database';
import { createMessaging, handle, type Messaging, PermanentError, RetryableError } from '@florin/messaging';
import { createLogger, createMetrics, systemClock } from '@florin/observability';
import { dieAt } from './die-at.js';
import { kindOfNote, messageCount, noteOf, owner, walletOf } from './workload.js';

const { DATABASE_URL, TOPIC_PREFIX, KAFKA_BROKERS, SCHEMA_REGISTRY_URL, DIE_AT, DIE_OCCURRENCE } =
  process.env;

if (DIE_AT) dieAt(DIE_AT, Number(DIE_OCCURRENCE));

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

consumeCommands(messaging);
consumeEvents(messaging);
messaging.consumeDeadLetters({
  groupName: 'victim-dead-letters',
  apply: async ({ tx }, letters) => {
    for (const { topic, partition, offset, payload } of letters) {
      await tx.query('INSERT INTO letters VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING', [
        topic,
        partition,
        offset,
        (payload as OpenWallet).name,
      ]);
    }
  },
});
process.once('SIGTERM', () => {
  void messaging
    .stop()
    .then(() => database.close())
    .then(() => process.exit(0));
});
await messaging.start();
await produce(messaging, database);

/** Applies a command and answers with an event, in one transaction. */
function consumeCommands(core: Messaging): void {
  core.consume({
    group: { name: 'wallet', service: 'victim', topics: ['wallet.commands'] },
    handlers: [
      handle(OpenWallet, async (unit, messages) => {
        for (const { value, attempt } of messages) {
          const kind = kindOfNote(value.name!);
          if (kind === 'poison') throw new PermanentError('poison', 'never');
          if (kind === 'flaky' && attempt === 1) throw new RetryableError('flaky', 'not at first');
        }
        await unit.tx.query('INSERT INTO effects (note) SELECT * FROM unnest($1::text[])', [
          messages.map(({ value }) => value.name),
        ]);
        for (const message of messages) {
          const { walletId, ownerId, walletType, name } = message.value;
          unit.send(
            WalletOpened,
            walletId,
            {
              walletId,
              ownerId,
              walletType,
              currency: 'USD',
              name: name!,
              posted: 0,
              held: 0,
              available: 0,
            },
            { cause: message },
          );
        }
      }),
    ],
  });
}

function consumeEvents(core: Messaging): void {
  core.consume({
    group: { name: 'edge', service: 'victim', topics: ['wallet.events'] },
    handlers: [
      handle(WalletOpened, async (unit, messages) => {
        await unit.tx.query('INSERT INTO seen (note) SELECT * FROM unnest($1::text[])', [
          messages.map(({ value }) => value.name),
        ]);
      }),
    ],
  });
}

/** Every message has a row in `produced` that commits with it, so that a restarted victim goes on where it died. */
async function produce(core: Messaging, { pool }: Database): Promise<void> {
  const { rows } = await pool.query<{ n: number }>('SELECT count(*) AS n FROM produced');
  for (let i = rows[0]!.n; i < messageCount; i++) {
    await core.transaction(async (unit) => {
      await unit.tx.query('INSERT INTO produced (n) VALUES ($1)', [i]);
      unit.send(OpenWallet, walletOf(i), {
        walletId: walletOf(i),
        ownerId: owner,
        walletType: 'personal-usd',
        name: noteOf(i),
      });
    });
  }
}
