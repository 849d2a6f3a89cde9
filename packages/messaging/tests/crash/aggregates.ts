import { type ConsumerGroup, OpenWallet } from '@florin/contracts';
import type { Database } from '@florin/database';
import { handle, type Messaging } from '@florin/messaging';
import { expect } from '@jest/globals';
import { notes } from '../harness.js';

const group: ConsumerGroup = { name: 'wallet', service: 'wallet', topics: ['wallet.commands'] };

/** What `writer.ts` writes to. */
export async function createAggregates(database: Database): Promise<void> {
  await database.pool.query(`CREATE TABLE aggregate (id int PRIMARY KEY, version int NOT NULL);
    INSERT INTO aggregate SELECT i, 0 FROM generate_series(0, 4) AS i;
    CREATE TABLE control (stop boolean NOT NULL);
    INSERT INTO control VALUES (false)`);
}

/** Applies each message by noting it. */
export function noteAll(messaging: Messaging): void {
  messaging.consume({
    group,
    handlers: [
      handle(OpenWallet, async (unit, messages) => {
        await unit.tx.query('INSERT INTO effects (note) SELECT * FROM unnest($1::text[])', [
          messages.map(({ value }) => value.name),
        ]);
      }),
    ],
  });
}

/** True once as many notes are there as were written. */
export async function isAllNoted(written: Database, noted: Database): Promise<boolean> {
  const { rows } = await written.pool.query<{ n: number }>('SELECT sum(version) AS n FROM aggregate');
  return (await notes(noted)).length >= rows[0]!.n;
}

/** Nothing lost, nothing twice, and the versions of each aggregate in their order. */
export async function expectAllInOrder(written: Database, noted: Database): Promise<void> {
  const { rows } = await written.pool.query<{ id: number; version: number }>(
    'SELECT id, version FROM aggregate ORDER BY id',
  );
  const seen = await notes(noted);
  for (const { id, version } of rows) {
    const own = seen.filter((note) => note.startsWith(`${id}/`));
    expect(own).toEqual(Array.from({ length: version }, (_, i) => `${id}/${i + 1}`));
    expect(version).toBeGreaterThan(10);
  }
}
