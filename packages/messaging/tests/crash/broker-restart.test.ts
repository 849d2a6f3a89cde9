import { OpenWallet } from '@florin/contracts';
import type { Messaging } from '@florin/messaging';
import { afterAll, expect, test } from '@jest/globals';
import { eventually, Harness } from '../harness.js';
import { OwnServer } from '../own-server.js';
import { createAggregates, expectAllInOrder, isAllNoted, noteAll } from './aggregates.js';
import { owner, walletOf } from './workload.js';

const harness = new Harness();
let kafka: OwnServer | undefined;
afterAll(async () => {
  await harness.close();
  await kafka?.close();
}, 180_000);

test('Kafka dies and comes back twice under load: nothing is lost, repeated or out of order, and all are ready again', async () => {
  kafka = await OwnServer.start('kafka');
  const database = await harness.database();
  await createAggregates(database);
  const instances = ['one', 'two'].map((name) =>
    harness.messaging(name, database, { brokers: [kafka!.address] }),
  );
  for (const instance of instances) {
    noteAll(instance);
    await instance.start();
  }
  const areReady = (): boolean => instances.every((instance) => instance.isReady());
  await eventually(async () => (areReady() ? true : undefined), 60_000);

  let stopped = false;
  const load = instances.map(async (instance) => {
    for (let i = 0; !stopped; i++) await write(instance, i);
  });
  for (let time = 0; time < 2; time++) {
    await eventually(async () => ((await countOf('effects')) > (time + 1) * 200 ? true : undefined));
    await kafka.kill();
    // Business goes on meanwhile: its messages wait in the outbox.
    const waiting = await countOf('outbox');
    await eventually(async () => ((await countOf('outbox')) > waiting + 100 ? true : undefined));
    await kafka.restart();
    await eventually(async () => (areReady() ? true : undefined), 60_000);
  }
  stopped = true;
  await Promise.all(load);
  await eventually(async () => ((await isAllNoted(database, database)) ? true : undefined), 60_000);
  await expectAllInOrder(database, database);
  await eventually(async () => ((await countOf('outbox')) === 0 ? true : undefined));
  expect(areReady()).toBe(true);

  async function countOf(table: 'effects' | 'outbox'): Promise<number> {
    const { rows } = await database.pool.query<{ n: number }>(`SELECT count(*) AS n FROM ${table}`);
    return rows[0]!.n;
  }
}, 240_000);

function write(instance: Messaging, i: number): Promise<void> {
  return instance.transaction(async (unit) => {
    const { rows } = await unit.tx.query<{ version: number }>(
      'UPDATE aggregate SET version = version + 1 WHERE id = $1 RETURNING version',
      [i % 5],
    );
    unit.send(OpenWallet, walletOf(i), {
      walletId: walletOf(i),
      ownerId: owner,
      walletType: 'personal-usd',
      name: `${i % 5}/${rows[0]!.version}`,
    });
  });
}
