import { hash } from '@node-rs/argon2';
import { Presets, SingleBar } from 'cli-progress';
import pg from 'pg';
import { databaseUrl } from '../databases.js';
import { LocalError } from '../local-error.js';
import { postgresUrl } from '../postgres.js';
import { readSettings } from '../settings.js';
import { loadCustomers, type SeedPools } from './load-customers.js';
import { loadRound } from './load-entries.js';
import type { Options } from './options.js';
import { customersPerUnit, entriesPerRound, maxCustomers, password, seededId } from './unit.js';

/** OWASP Password Storage Cheat Sheet, as the edge hashes. */
const argon2 = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const workers = 2;

/** Loads customers and entries with a bar on the terminal. @throws LocalError when the platform has not been started */
export async function bulkSeed(
  pools: SeedPools,
  options: Options,
  report: (line: string) => void,
): Promise<void> {
  await requireTypes(pools);
  const units = Math.ceil(options.customers / customersPerUnit);
  const openedAt = new Date();
  openedAt.setUTCMonth(openedAt.getUTCMonth() - options.months);
  await pools.wallet.query('SELECT create_entry_partitions($1, $2)', [openedAt, options.months + 4]);
  const load = { passwordHash: await hash(password, argon2), openedAt };
  await work('customers', { count: units, units, size: customersPerUnit }, report, (unit) =>
    loadCustomers(pools, unit, load),
  );
  await analyze(pools);

  const rounds = Math.ceil(options.entries / (units * entriesPerRound));
  const past = await findPast(pools, openedAt);
  const left = Date.now() - past.until.getTime();
  await work('entries', { count: rounds * units, units, size: entriesPerRound }, report, async (i) => {
    const number = Math.floor(i / units) + 1;
    // Entries of a wallet never go back in time: those of this run come after those of the runs before.
    const place = Math.max(0, number - past.rounds) / (Math.max(0, rounds - past.rounds) + 1);
    const postedAt = new Date(past.until.getTime() + Math.floor(left * place));
    await loadRound(pools, i % units, { number, postedAt }, options.isLedgerOnly);
  });
  if (rounds > 0) await analyze(pools);
}

/** The rounds that were loaded before, and when the last of them was. */
async function findPast({ wallet }: SeedPools, openedAt: Date): Promise<{ rounds: number; until: Date }> {
  const { rows } = await wallet.query<{ sequence: string | null; until: Date | null }>(
    `SELECT max(sequence) AS sequence, max(last_entry_at) AS until FROM wallets
      WHERE id BETWEEN ${seededId('wallet', '0')} AND ${seededId('wallet', String(maxCustomers * 2))}`,
  );
  return { rounds: (Number(rows[0]?.sequence ?? 1) - 1) / 2, until: rows[0]?.until ?? openedAt };
}

async function requireTypes({ wallet, edge }: SeedPools): Promise<void> {
  for (const pool of [wallet, edge]) {
    const found = await pool.query(
      "SELECT 1 FROM wallet_types WHERE code IN ('personal-usd', 'business-usd')",
    );
    if (found.rowCount !== 2)
      throw new LocalError('seed-failed', 'start the platform once before: npm start');
  }
}

/** Plans made for empty tables would scan what has just been loaded. */
async function analyze({ wallet, edge, notification }: SeedPools): Promise<void> {
  await Promise.all([wallet, edge, notification].map((pool) => pool.query('ANALYZE')));
}

/**
 * Runs `each` for 0 … count − 1, some at a time. A worker keeps to its units: what is done to a unit is done in order.
 */
async function work(
  name: string,
  job: { readonly count: number; readonly units: number; readonly size: number },
  report: (line: string) => void,
  each: (i: number) => Promise<void>,
): Promise<void> {
  const { count, units, size } = job;
  if (count === 0) return;
  const startedAt = performance.now();
  const format = `${name} [{bar}] {value}/{total} · {rate}/s · {eta_formatted} left`;
  const bar = process.stderr.isTTY
    ? new SingleBar({ format, stream: process.stderr }, Presets.rect)
    : undefined;
  bar?.start(count * size, 0, { rate: 0 });
  let done = 0;
  const rate = (): number => Math.round((done * size * 1_000) / (performance.now() - startedAt));
  const worker = async (lane: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      if ((i % units) % workers !== lane) continue;
      await each(i);
      done++;
      bar?.update(done * size, { rate: rate() });
    }
  };
  await Promise.all(Array.from({ length: workers }, (_, lane) => worker(lane)));
  bar?.stop();
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  report(
    `${(count * size).toLocaleString('en')} ${name} in ${seconds} s, ${rate().toLocaleString('en')} a second`,
  );
}

/** Pools on the databases that the environment names, or on those of the local platform. */
export function openPools(env: NodeJS.ProcessEnv): SeedPools {
  const { databaseUrls, external, serverPorts } = readSettings(env);
  const server = external.postgresUrl ?? postgresUrl(serverPorts.postgres);
  const open = (service: keyof SeedPools): pg.Pool =>
    new pg.Pool({
      connectionString: databaseUrls[service] ?? databaseUrl(server, service),
      max: workers + 1,
      application_name: 'florin-seed',
    });
  return { wallet: open('wallet'), edge: open('edge'), notification: open('notification') };
}
