import { setTimeout as delay } from 'node:timers/promises';
import { DeadLetterReplayed } from '@florin/contracts';
import {
  createMessaging,
  DependencyUnavailableError,
  handle,
  handleExternal,
  type Messaging,
  PermanentError,
  type Received,
  RetryableError,
  type UnitOfWork,
} from '@florin/messaging';
import { type Logger, Registry } from '@florin/observability';
import { insertMissing, insertRows, lockAccounts } from './business-statements.js';
import { createFakeKafka } from './fake-kafka.js';
import {
  type Command,
  Deposit,
  deadLetterGroup,
  PostedEvent,
  sourceGroup,
  targetGroup,
  Withdraw,
} from './messages.js';
import { partitionsPerTopic } from './records.js';
import type { SimulatedProcess } from './scheduler.js';
import type { World } from './world.js';

/** In every other world so few that a second batch is full while the first one is applied; in the rest whatever is ready shares one. */
const maxBatchOf = ({ seed }: World): number => (seed % 2 === 0 ? 3 : 500);

/** The messaging core of one process, with the handlers of its service. */
export function createService(world: World, process: SimulatedProcess): Messaging {
  const messaging = createMessaging(
    {
      service: process.service,
      kafka: {
        brokers: [],
        topicPrefix: '',
        partitions: partitionsPerTopic,
        replicationFactor: 1,
        retryDelays: ['150ms', '800ms'],
      },
      schemaRegistryUrl: '',
      database: world.databases[process.service]!.connect(process),
      clock: world.clock,
      logger: createLogger(world, process),
      metrics: new Registry(),
    },
    { kafka: createFakeKafka(world.broker, process), codec: world.codec, maxBatch: maxBatchOf(world) },
  );
  if (process.service === 'target') declareTarget(world, process, messaging);
  else declareSource(messaging);
  return messaging;
}

/** Sends commands, learns what became of them, and keeps the dead letters of everyone. */
function declareSource(messaging: Messaging): void {
  messaging.consume({
    group: sourceGroup,
    handlers: [
      handle(PostedEvent, (unit, messages) =>
        insert(
          unit,
          'projection',
          messages.map(({ key, value }) => ({ key, id: value.causeId })),
        ),
      ),
      handle(DeadLetterReplayed, (unit, messages) =>
        insert(
          unit,
          'outcome',
          messages.map(({ value }) => ({ replayId: value.replayId, outcome: value.outcome })),
        ),
      ),
    ],
  });
  messaging.consumeDeadLetters({
    groupName: deadLetterGroup,
    apply: async (unit, letters) => {
      const keys = letters.map(({ topic, partition, offset }) => `${topic}/${partition}/${offset}`);
      await unit.tx.query({ ...insertMissing, values: ['dead_letter', letters, keys] });
    },
  });
}

/** Applies commands: one effect for each, and an event that tells of it. */
function declareTarget(world: World, process: SimulatedProcess, messaging: Messaging): void {
  const apply = (unit: UnitOfWork, messages: readonly Received<Command>[]): Promise<void> =>
    post(world, process, unit, messages);
  messaging.consume({
    group: targetGroup,
    ordering: { 'wallet.commands': world.oracle.gates.isOrdered ? 'key' : 'none' },
    handlers: [
      handle(Deposit, apply),
      handleExternal(Withdraw, {
        perform: async (message) => {
          await delay(world.random.between(1, 40));
          if (message.value.behaviour.startsWith('early-')) await behave(world, process, message);
          if (!world.isProviderDown) return;
          world.oracle.failed(message.value.meta.messageId);
          throw new DependencyUnavailableError('provider', 200);
        },
        apply: (unit, items) =>
          apply(
            unit,
            items.map(({ message }) => message),
          ),
      }),
    ],
  });
}

async function post(
  world: World,
  process: SimulatedProcess,
  unit: UnitOfWork,
  messages: readonly Received<Command>[],
): Promise<void> {
  // The rows of the aggregates are locked in ascending order, as every handler of the platform does it.
  await unit.tx.query({ ...lockAccounts, values: [[...new Set(messages.map(({ key }) => key))].sort()] });
  await insert(
    unit,
    'effect',
    messages.map(({ key, value }) => ({ key, id: value.meta.messageId })),
  );
  // Failures come after the effects were written: what they leave behind has to be undone.
  for (const message of messages) await behave(world, process, message);
  for (const message of messages) {
    unit.send(PostedEvent, message.key, { causeId: message.value.meta.messageId }, { cause: message });
  }
}

async function behave(world: World, process: SimulatedProcess, message: Received<Command>): Promise<void> {
  const [kind, argument] = message.value.behaviour.replace('early-', '').split(':');
  if (kind === 'slow') await delay(Number(argument));
  // What kills processes has to be found by the core: it is not healed before it is a dead letter.
  if (kind === 'killer' ? world.isReplaying : world.isHealed) return;
  const failure = failureOf(kind, Number(argument), message.attempt);
  if (failure === undefined && kind !== 'killer') return;
  world.oracle.failed(message.value.meta.messageId);
  if (failure) throw failure;
  world.crash(process);
  await new Promise(() => undefined);
}

function failureOf(kind: string | undefined, attempts: number, attempt: number): Error | undefined {
  if (kind === 'permanent') return new PermanentError('sim-permanent', 'will fail until it is healed');
  if (kind === 'retry' && attempt <= attempts) return new RetryableError('sim-retryable', 'try again');
  return kind === 'bug' ? new TypeError('a bug of the handler') : undefined;
}

async function insert(unit: UnitOfWork, table: string, rows: readonly object[]): Promise<void> {
  await unit.tx.query({ ...insertRows, values: [table, rows] });
}

function createLogger(world: World, process: SimulatedProcess): Logger {
  const log = (fields: { err?: Error }, text: string): void =>
    world.oracle.trace(() => ['log', process.name, text, fields.err?.message ?? '']);
  const none = (): void => undefined;
  return { error: log, warn: log, info: none, debug: none, isLevelEnabled: () => false } as unknown as Logger;
}
