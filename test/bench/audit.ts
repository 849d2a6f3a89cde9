import type { BenchOptions, BenchServers } from './bench-servers.js';
import { LedgerWorld } from './ledger-world.js';
import { PostgresMeter } from './postgres-meter.js';
import { printTable, whole } from './report.js';

const transfersPerBatch = 500;
const batchesBetween = 20;

/** What an audit of the books costs: of wallets that it has never seen, that rest, and of which some have moved; and a verification. */
export async function benchAudit(servers: BenchServers, { wallets }: BenchOptions): Promise<void> {
  console.error(`Opening ${whole(wallets)} wallets`);
  const world = await LedgerWorld.create(servers, 'audit', wallets);
  const meter = await PostgresMeter.connect(servers.postgresUrl);
  const rows: string[][] = [];
  const measure = async (what: string, kind: 'books' | 'chain' = 'books'): Promise<void> => {
    const before = await meter.read();
    const node = process.cpuUsage();
    const { seconds, entries, isPassed } = await world.audit(kind);
    if (!isPassed) throw new Error('the books are wrong');
    const { user, system } = process.cpuUsage(node);
    const postgres = (await meter.read()).cpuUs - before.cpuUs;
    rows.push([
      what,
      whole(entries),
      seconds.toFixed(1),
      `${((user + system) / 1e6).toFixed(1)} + ${(postgres / 1e6).toFixed(1)}`,
    ]);
    // Kafka is not there to take the events.
    await world.database.pool.query('DELETE FROM outbox');
  };
  try {
    await world.moveAll();
    await measure('the first: all wallets are new');
    await measure('nothing has moved');
    await post(world);
    await measure(`${whole(batchesBetween * transfersPerBatch)} transfers later`);
    await world.moveAll();
    await measure('all wallets have moved');
    await measure('verification of every entry', 'chain');
    printTable(
      `Audits of the books and verification, ${whole(wallets)} wallets`,
      ['audit', 'entries added up', 'seconds', 'CPU s, Node + PostgreSQL'],
      rows,
    );
  } finally {
    await meter.close();
    await world.close();
  }
}

async function post(world: LedgerWorld): Promise<void> {
  const any = (): string => world.wallets[Math.floor(Math.random() * world.wallets.length)]!;
  for (let i = 0; i < batchesBetween; i++) {
    const records = Array.from({ length: transfersPerBatch }, () => world.command(any(), any()));
    await world.post(await world.decode(records));
  }
}
