import { type ConsumerGroup, OpenWallet } from '@florin/contracts';
import type { Database } from '@florin/database';
import { handle, type Messaging } from '@florin/messaging';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { OutboxLease } from '../src/outbox-lease.js';
import { eventually, Harness, notes } from './harness.js';

const group: ConsumerGroup = { name: 'wallet', service: 'wallet', topics: ['wallet.commands'] };
const harness = new Harness();
let database: Database;
let instances: Messaging[];

beforeAll(async () => {
  database = await harness.database();
  instances = [harness.messaging('one', database), harness.messaging('two', database)];
  for (const instance of instances) {
    instance.consume({
      group,
      handlers: [
        handle(OpenWallet, async (unit, messages) => {
          await unit.tx.query('INSERT INTO effects (note) SELECT * FROM unnest($1::text[])', [
            messages.map(({ value }) => value.name),
          ]);
        }),
      ],
    });
    await instance.start();
  }
  await database.pool.query(`CREATE TABLE aggregate (id int PRIMARY KEY, version int);
    INSERT INTO aggregate VALUES (1, 0)`);
});
afterAll(() => harness.close());

describe('two instances on one outbox', () => {
  test('publish the messages of a key in the order their transactions committed', async () => {
    const key = uuidv7();
    // Both instances write to the same aggregate; the row lock gives the commits their order.
    const write = (instance: Messaging) =>
      instance.transaction(async (unit) => {
        const { rows } = await unit.tx.query<{ version: number }>(
          'UPDATE aggregate SET version = version + 1 WHERE id = 1 RETURNING version',
        );
        unit.send(OpenWallet, key, {
          walletId: key,
          ownerId: key,
          walletType: 'personal-usd',
          name: `version ${rows[0]!.version}`,
        });
      });
    for (let i = 0; i < 50; i++) await Promise.all(instances.map(write));
    const seen = await eventually(async () => {
      const all = await notes(database);
      return all.length >= 100 ? all : undefined;
    });
    expect(seen).toEqual(Array.from({ length: 100 }, (_, i) => `version ${i + 1}`));
  });

  test('hand over when one of them stops: nothing is left behind', async () => {
    await instances[0]!.stop();
    const key = uuidv7();
    await instances[1]!.transaction(async (unit) => {
      unit.send(OpenWallet, key, { walletId: key, ownerId: key, walletType: 't', name: 'after hand-over' });
    });
    await eventually(async () => ((await notes(database)).includes('after hand-over') ? true : undefined));
    expect(instances[1]!.isReady()).toBe(true);
  });
});

describe('the lease', () => {
  test('given to another holder raises the epoch, and the old epoch deletes nothing', async () => {
    const own = await harness.database();
    const first = new OutboxLease(own.pool);
    const second = new OutboxLease(own.pool);
    const epoch = await first.hold();
    expect(await second.hold()).toBeUndefined();
    // What time would do to a holder that sleeps.
    await own.pool.query(`UPDATE outbox_lease SET expires_at = clock_timestamp() - interval '1 second'`);
    expect(await second.hold()).toBe(epoch! + 1);
    await own.pool.query(`INSERT INTO outbox (topic, key, value) VALUES ('t', 'k', '\\x00')`);
    const { rowCount } = await own.pool.query(
      `DELETE FROM outbox WHERE EXISTS (SELECT FROM outbox_lease WHERE name = 'relay' AND epoch = $1)`,
      [epoch],
    );
    expect(rowCount).toBe(0);
  });
});
