import { Kafka, type Producer, type ProducerBatch } from 'kafkajs';
import pg from 'pg';

/**
 * Ends the process with SIGKILL at one named point: `before:<what>` or `after:<what>`, where what is the name of a
 * statement, `COMMIT`, `send` (outbox), `send-retry`, `send-dlq` or `resolve-offset`. The core itself knows nothing
 * about it: the drivers under it are wrapped.
 */
export function dieAt(point: string, occurrence: number): void {
  let left = occurrence;
  watchPoints((reached) => {
    if (reached === point && --left === 0) process.kill(process.pid, 'SIGKILL');
  });
}

/** Is told of every point before the process goes on from there. */
export type Pass = (reached: string) => void;

export function watchPoints(pass: Pass): void {
  wrapStatements(pass);
  wrapProducers(pass);
  wrapConsumers(pass);
}

type Query = (...args: unknown[]) => unknown;

function wrapStatements(pass: Pass): void {
  const original = pg.Client.prototype.query as unknown as Query;
  const wrapped: Query = function (this: pg.Client, ...args) {
    const [config] = args as [string | { name?: string }];
    const what = typeof config === 'string' ? config : (config.name ?? 'unnamed');
    pass(`before:${what}`);
    const callback = args.at(-1);
    if (typeof callback === 'function') {
      args[args.length - 1] = (...results: unknown[]) => {
        pass(`after:${what}`);
        callback(...results);
      };
      return original.apply(this, args);
    }
    return (original.apply(this, args) as Promise<unknown>).then((result) => {
      pass(`after:${what}`);
      return result;
    });
  };
  pg.Client.prototype.query = wrapped as unknown as typeof pg.Client.prototype.query;
}

function wrapProducers(pass: Pass): void {
  const original = Kafka.prototype.producer;
  Kafka.prototype.producer = function (config): Producer {
    const producer = original.call(this, config);
    const sendBatch = producer.sendBatch.bind(producer);
    producer.sendBatch = async (batch) => {
      const kinds = kindsOf(batch);
      for (const kind of kinds) pass(`before:${kind}`);
      const result = await sendBatch(batch);
      for (const kind of kinds) pass(`after:${kind}`);
      return result;
    };
    return producer;
  };
}

/** One batch of failures may hold records for retry topics and for dead-letter topics. */
function kindsOf(batch: ProducerBatch): Set<string> {
  return new Set(
    (batch.topicMessages ?? []).map(({ topic }) => {
      if (topic.includes('.retry.')) return 'send-retry';
      return topic.endsWith('.dlq') ? 'send-dlq' : 'send';
    }),
  );
}

function wrapConsumers(pass: Pass): void {
  const original = Kafka.prototype.consumer;
  Kafka.prototype.consumer = function (config) {
    const consumer = original.call(this, config);
    const run = consumer.run.bind(consumer);
    consumer.run = (options) =>
      run({
        ...options,
        eachBatch: async (payload) => {
          const resolveOffset = (offset: string): void => {
            payload.resolveOffset(offset);
            // Resolved in memory, not yet committed to the broker.
            pass('after:resolve-offset');
          };
          await options!.eachBatch!({ ...payload, resolveOffset });
        },
      });
    return consumer;
  };
}
