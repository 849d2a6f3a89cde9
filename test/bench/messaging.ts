import type { BenchOptions, BenchServers } from './bench-servers.js';
import { consumeMessages, consumeRate, publishCommands, rawApplyRate, rawReadRate } from './consume-rate.js';
import { MessagingWorld } from './messaging-world.js';
import { rawSendRate, relayRate, relayRows } from './relay-rate.js';
import { median, printTable, ratio, whole } from './report.js';
import { rawRoundTripRate, replayRate, retriedMessages, retryRate } from './retry-rate.js';

type Measure = (world: MessagingWorld) => Promise<number>;

interface Comparison {
  readonly what: string;
  readonly own: Measure;
  readonly beside: string;
  readonly raw: Measure;
}

/** What is measured beside what; each pair by turns in the same world, so that the machine is the same for both. */
const comparisons: readonly Comparison[] = [
  {
    what: `outbox rows to Kafka, ${whole(relayRows)}`,
    own: relayRate,
    beside: 'kafkajs sends the same batches',
    raw: rawSendRate,
  },
  {
    what: `Kafka to inbox and one effect row, ${whole(consumeMessages)}`,
    own: consumeRate,
    beside: 'the same SQL without Kafka',
    raw: rawApplyRate,
  },
  {
    what: `messages that fail once, ${whole(retriedMessages)}`,
    own: retryRate,
    beside: 'kafkajs sends and reads as many',
    raw: rawRoundTripRate,
  },
  {
    what: `dead letters replayed, ${whole(retriedMessages)}`,
    own: replayRate,
    beside: 'kafkajs sends and reads as many',
    raw: rawRoundTripRate,
  },
];

/** The messaging core beside plain kafkajs and plain SQL. */
export async function benchMessaging(servers: BenchServers, { rounds }: BenchOptions): Promise<void> {
  const measured = comparisons.map(() => ({ own: [] as number[], raw: [] as number[] }));
  const reads: number[] = [];
  // The first round is for the compilers, of JavaScript and of Java.
  for (let round = 0; round <= rounds; round++) {
    const world = await MessagingWorld.create(servers);
    try {
      await publishCommands(world);
      for (const [i, { own, raw }] of comparisons.entries()) {
        const into = measured[i]!;
        // Who goes second finds the machine warmer: that is each of them in turn.
        if (round % 2 === 0) into.own.push(await own(world));
        into.raw.push(await raw(world));
        if (round % 2 === 1) into.own.push(await own(world));
      }
      reads.push(await rawReadRate(world));
    } finally {
      await world.close();
    }
  }
  const warm = (values: readonly number[]): readonly number[] => values.slice(1);
  printTable(
    'Messaging',
    ['what', 'Florin, messages/s', 'beside', 'messages/s', 'ratio'],
    comparisons.map(({ what, beside }, i) => {
      const [own, raw] = [warm(measured[i]!.own), warm(measured[i]!.raw)];
      const ratios = own.map((value, round) => value / raw[round]!);
      return [what, whole(median(own)), beside, whole(median(raw)), ratio(median(ratios))];
    }),
  );
  console.log(`\nkafkajs that only reads the same records: ${whole(median(warm(reads)))} messages/s.`);
}
