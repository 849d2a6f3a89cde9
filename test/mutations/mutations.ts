/** One promise of the messaging core, broken in its source, and the tests that have to notice. */
export interface Mutation {
  readonly name: string;
  /** Below packages/. */
  readonly file: string;
  readonly find: RegExp;
  readonly replace: string;
  /** Test files below packages/messaging/, and which of their tests, by a part of the name. */
  readonly tests: readonly string[];
  readonly only: string;
}

const relayTests = ['tests/outbox-relay.test.ts'];

export const mutations: readonly Mutation[] = [
  {
    name: 'skip the inbox',
    file: 'messaging/src/batch-executor.ts',
    find: /const claims = await claimInbox\([\s\S]*?\n {4}\);/,
    replace: "const claims = deliveries.map(() => 'new');",
    tests: ['tests/delivery.test.ts'],
    only: 'delivered three times',
  },
  {
    name: 'ignore the fingerprint of a message',
    file: 'messaging/src/inbox.ts',
    find: /\? 'duplicate' : 'conflict'/,
    replace: "? 'duplicate' : 'duplicate'",
    tests: ['tests/delivery.test.ts'],
    only: 'another payload under a used id',
  },
  {
    name: 'delete outbox rows before Kafka has them',
    file: 'messaging/src/outbox-relay.ts',
    find: /nextTurn\(\)\.then\(\(\) => this\.send\(batch\)\)/,
    replace: 'this.remove({ rows: batch, ranges }).then(() => this.send(batch))',
    tests: relayTests,
    only: 'the broker refuses waits',
  },
  {
    name: 'drop the fence of the lease',
    file: 'messaging/src/outbox-batch.ts',
    find: / AND lease\.epoch = held\.epoch/,
    replace: '',
    tests: relayTests,
    only: 'lost during a send',
  },
  {
    name: 'publish without a lease',
    file: 'messaging/src/outbox-lease.ts',
    find: /WHERE lease\.owner = \$1 OR lease\.expires_at < clock_timestamp\(\)/,
    replace: '',
    tests: relayTests,
    only: 'raises its epoch',
  },
  {
    name: 'step over ids that may still be committed',
    file: 'messaging/src/outbox-floor.ts',
    find: /return this\.settled;/,
    replace: 'return this.seen;',
    tests: ['tests/outbox-floor.test.ts'],
    only: 'commits long after',
  },
  {
    name: 'send the outbox backwards',
    file: 'messaging/src/outbox-batch.ts',
    find: /messages: toMessages\(columns\)/,
    replace: 'messages: toMessages(columns).reverse()',
    tests: relayTests,
    only: 'together exceed',
  },
  {
    name: 'let commits cut the back-off short',
    file: 'messaging/src/outbox-relay.ts',
    find: /this\.stopSignal\.wait\(/,
    replace: 'this.wakeUp.wait(',
    tests: relayTests,
    only: 'cut the back-off',
  },
  {
    name: 'give keys another partition than other producers do',
    file: 'messaging/src/partitioner.ts',
    find: />>> 15/,
    replace: '>>> 14',
    tests: ['tests/partitioner.test.ts'],
    only: 'that other producers give it',
  },
  {
    name: 'resolve offsets before processing',
    file: 'messaging/src/group-consumer.ts',
    find: /const result = await this\.processDue\(/,
    replace: 'resolveOffset(slice.at(-1)!.offset);\n$&',
    tests: ['tests/limits.test.ts'],
    only: 'open breaker',
  },
  {
    name: 'do not look for the message that fails',
    file: 'messaging/src/batch-executor.ts',
    find: /if \(deliveries\.length === 1\) return this\.fail\([^;]*;/,
    replace: 'return this.fail(deliveries.map((delivery) => ({ ...delivery, error })));',
    tests: ['tests/flow.test.ts'],
    only: 'is isolated',
  },
  {
    name: 'keep what a failed transaction has done',
    file: 'database/src/database.ts',
    find: /client\.query\('ROLLBACK'\)/,
    replace: "client.query('COMMIT')",
    tests: ['tests/flow.test.ts'],
    only: 'is isolated',
  },
  {
    name: 'count an outage of the database as an attempt',
    file: 'messaging/src/failure.ts',
    find: /isDatabaseOutage\(error\) \? 'infrastructure' : 'retryable'/,
    replace: "isDatabaseOutage(error) ? 'retryable' : 'retryable'",
    tests: ['src/failure.test.ts'],
    only: 'classification',
  },
  {
    name: 'ignore the limit of dead letters',
    file: 'messaging/src/dead-letter-limit.ts',
    find: /if \(this\.inWindow >= this\.perMinute\) return false;/,
    replace: '',
    tests: ['tests/limits.test.ts'],
    only: 'beyond its limit',
  },
  {
    name: 'never suspect a process killer',
    file: 'messaging/src/careful-delivery.ts',
    find: /starts > maxStarts/,
    replace: 'starts > 1_000',
    tests: ['tests/limits.test.ts'],
    only: 'three starts without an end',
  },
  {
    name: 'do not close the gate of a key',
    file: 'messaging/src/gate-table.ts',
    find: /( +)(ORDER BY topic, key\s+ON CONFLICT DO NOTHING)/,
    replace: '$1WHERE false $2',
    tests: ['tests/ordering.test.ts'],
    only: 'keeps those of its key behind it',
  },
  {
    name: 'release the messages of a key in another order',
    file: 'messaging/src/parked-table.ts',
    find: /ORDER BY p\.partition, p\.record_offset, p\.copy LIMIT/,
    replace: 'ORDER BY p.partition, p.record_offset DESC, p.copy LIMIT',
    tests: ['tests/ordering.test.ts'],
    only: 'all follow in order',
  },
];
