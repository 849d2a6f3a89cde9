/** A promise of the core, broken by changing its compiled code while it is loaded. */
export interface Mutation {
  readonly name: string;
  /** End of the path of the module. */
  readonly file: string;
  readonly find: RegExp;
  readonly replace: string;
  /** A world in which it was noticed. */
  readonly seed: number;
}

const relay = 'messaging/dist/outbox-relay.js';
const outboxBatch = 'messaging/dist/outbox-batch.js';
const executor = 'messaging/dist/batch-executor.js';
const gates = 'messaging/dist/order-gates.js';
const parked = 'messaging/dist/parked-table.js';
const router = 'messaging/dist/failure-router.js';

/** One promise each. A simulator that lets one of these live would let a real mistake live as well. */
export const mutations: readonly Mutation[] = [
  {
    name: 'skip the inbox claim',
    file: executor,
    find: /const claims = await claimInbox\([\s\S]*?\)\)\);/,
    replace: "const claims = deliveries.map(() => 'new');",
    seed: 1,
  },
  {
    name: 'take messages for new although some are known',
    file: 'messaging/dist/inbox.js',
    find: /(name: 'claim-new',[\s\S]*?AS u \(id, place\))`/,
    replace: '$1 ON CONFLICT DO NOTHING`',
    seed: 1,
  },
  {
    name: 'give up a batch in which something is known',
    file: 'messaging/dist/message-unit.js',
    find: /this\.hasMetKnown \|\|= isUniqueViolation\(error\);/,
    replace: '',
    seed: 8,
  },
  {
    name: 'apply both copies of a message in one batch',
    file: 'messaging/dist/inbox.js',
    find: /claimed\.delete\(message\.id\)/,
    replace: 'claimed.has(message.id)',
    seed: 2,
  },
  {
    name: 'take an id conflict for a duplicate',
    file: executor,
    find: /claims\[i\] === 'conflict'/,
    replace: 'false',
    seed: 5,
  },
  {
    name: 'commit a failed transaction',
    file: 'database/dist/database.js',
    find: /client\.query\('ROLLBACK'\)/,
    replace: "client.query('COMMIT')",
    seed: 1,
  },
  {
    name: 'take a transaction whose last statement failed for a committed one',
    file: 'database/dist/database.js',
    find: /await Promise\.all\(\[\.\.\.pending, ended\]\);[\s\S]*?throw new NotCommittedError\(\);/,
    replace: 'await ended.catch(() => undefined);',
    seed: 30,
  },
  {
    name: 'swap the halves of a failed batch',
    file: executor,
    find: /const first = await this\.apply\(deliveries\.slice\(0, middle\)\);\s*return first\.concat\(await this\.apply\(deliveries\.slice\(middle\)\)\);/,
    replace: `const second = await this.apply(deliveries.slice(middle));
      return (await this.apply(deliveries.slice(0, middle))).concat(second);`,
    seed: 2,
  },
  {
    name: 'delete outbox rows before they are sent',
    file: relay,
    find: /this\.sent\.begin\(batch\);/,
    replace: 'this.sent.acknowledge(batch);\nawait this.sent.remove();',
    seed: 2,
  },
  {
    name: 'delete outbox rows that were refused',
    file: relay,
    find: /this\.blockedUntilMs\.set\(shard, [^;]*;/,
    replace: 'delivered.add(shard);',
    seed: 16,
  },
  {
    name: 'drop the fence of the lease',
    file: outboxBatch,
    find: / AND lease\.epoch = held\.epoch/,
    replace: '',
    seed: 1960,
  },
  {
    name: 'read the outbox with a cursor',
    file: relay,
    find: /const batch = await selectBatch\(([^;]*)\);/,
    replace: `const all = await selectBatch($1);
      const cursor = this.cursor ?? 0;
      this.cursor = Math.max(cursor, ...all.ids);
      const batch = pick(all, (i) => all.ids[i] > cursor);`,
    seed: 6,
  },
  {
    name: 'publish what was committed over a gap of ids',
    file: 'messaging/dist/committed-rows.js',
    find: /this\.waiting\.set\(first, rows\);/,
    replace: '$& this.end = first - 1;',
    seed: 1,
  },
  {
    name: 'trust what is known of the outbox after a failure',
    file: relay,
    find: /this\.floor\.forget\(\);\s*this\.own\.forget\(\);/,
    replace: 'this.floor.forget();',
    seed: 3,
  },
  {
    name: 'send the outbox backwards',
    file: outboxBatch,
    find: /messages: toMessages\(columns\)/,
    replace: 'messages: toMessages(columns).reverse()',
    seed: 1,
  },
  {
    name: 'resolve offsets before processing',
    file: 'messaging/dist/group-consumer.js',
    find: /const result = await this\.processDue\(/,
    replace: 'resolveOffset(slice.at(-1).offset);\n$&',
    seed: 1,
  },
  {
    name: 'pass over a record that waits for a provider',
    file: 'messaging/dist/slice-processor.js',
    find: /return \{ done, pauseMs, isCopied: failures\.length > 0, isUnhurried/,
    replace: 'return { done: records.length, pauseMs, isCopied: failures.length > 0, isUnhurried',
    seed: 4,
  },
  {
    name: 'do not wait until a failed record is stored',
    file: router,
    find: /await this\.producer\.send\(routed\);/,
    replace: 'this.producer.send(routed).catch(() => undefined);',
    seed: 1,
  },
  {
    name: 'lose the bytes of a dead letter',
    file: router,
    find: /value: record\.message\.value/,
    replace: "value: Buffer.from('{}')",
    seed: 1,
  },
  {
    name: 'count an outage as an attempt',
    file: 'messaging/dist/failure.js',
    find: /isDatabaseOutage\(error\)/,
    replace: 'false',
    seed: 12,
  },
  {
    name: 'never suspect a process killer',
    file: 'messaging/dist/careful-delivery.js',
    find: /starts > maxStarts/,
    replace: 'false',
    seed: 10,
  },
  {
    name: 'do not tell what became of a replay',
    file: executor,
    find: /reportReplay\(unit, this\.group, replay, \{ outcome: kind, cause: delivery\.received \}\)/,
    replace: 'undefined',
    seed: 1,
  },
  {
    name: 'let messages pass a closed gate',
    file: gates,
    find: /return !gate \|\| /,
    replace: 'return true || ',
    seed: 2,
  },
  {
    name: 'close no gate',
    file: 'messaging/dist/ordered-batch.js',
    find: /if \(position && !waits\(error\)\)/,
    replace: 'if (false)',
    seed: 8,
  },
  {
    name: 'forget a message behind a failed one of its batch',
    file: 'messaging/dist/ordered-batch.js',
    find: /barred\.has\(lane\)/,
    replace: 'false',
    seed: 8,
  },
  {
    name: 'overtake a message that waits for a provider',
    file: gates,
    find: /this\.held\.add\(lane\)/,
    replace: 'undefined',
    seed: 82,
  },
  {
    name: 'overtake a message that has to be fetched again',
    file: gates,
    find: /this\.hold\(position\);\s*outcomes\[index\]/,
    replace: 'outcomes[index]',
    seed: 82,
  },
  {
    name: 'release parked messages backwards',
    file: parked,
    find: /return rows\.map\(/,
    replace: 'return rows.reverse().map(',
    seed: 8,
  },
  {
    name: 'drop a parked message',
    file: parked,
    find: /if \(parked\.length === 0\)/,
    replace: 'if (parked.length < 2)',
    seed: 3,
  },
  {
    name: 'delete parked messages before they are applied',
    file: 'messaging/dist/parked-releaser.js',
    find: /const \{ pauseMs \} = /,
    replace: `await this.pool.query({ name: 'delete-parked', text: 'mutated', values: [this.group,
        ...['topic', 'partition'].flatMap((name) => [records.map((record) => record[name]), records.map(() => key.key)]
          .slice(0, name === 'topic' ? 2 : 1)),
        records.map((record) => Number(record.message.offset)), records.map(() => null)] });
      $&`,
    seed: 8,
  },
  {
    name: 'remove a gate without looking behind it',
    file: 'messaging/dist/gate-table.js',
    find: /AND NOT EXISTS \([\s\S]*?p\.key = g\.key\)/,
    replace: '',
    seed: 2,
  },
  {
    name: 'look behind a gate before locking it',
    file: gates,
    find: /const gates = await lockGates\(tx, this\.group, ordered\)/,
    replace: 'const gates = await readGates(tx, this.group, ordered)',
    seed: 7822,
  },
  {
    name: 'let a released key stay closed',
    file: 'messaging/dist/gate-opener.js',
    find: /await releaseGates\(/,
    replace: 'void (',
    seed: 2,
  },
  {
    name: 'do not hear of discards',
    file: gates,
    find: /async dismiss\(record\) \{/,
    replace: '$& return;',
    seed: 8,
  },
  {
    name: 'forget a blocker before it is routed',
    file: 'messaging/dist/slice-processor.js',
    find: /await this\.router\.route\(failures\);/,
    replace: 'await this.gates.routed(failures.map(({ record }) => record));\n$&',
    seed: 599,
  },
];
