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
  const customers = {
    name: 'customers',
    count: units,
    units,
    size: customersPerUnit,
    others: 'were there already',
  };
  await work(customers, report, (unit) => loadCustomers(pools, unit, load));
  await analyze(pools);

  const rounds = Math.ceil(options.entries / (units * entriesPerRound));
  const past = await findPast(pools, openedAt);
  const left = Date.now() - past.until.getTime();
  const entries = {
    name: 'entries',
    count: rounds * units,
    units,
    size: entriesPerRound,
    others: 'were there already, or would be of wallets that were used otherwise',
  };
  await work(entries, report, (i) => {
    const number = Math.floor(i / units) + 1;
    // Entries of a wallet never go back in time: those of this run come after those of the runs before.
    const place = Math.max(0, number - past.rounds) / (Math.max(0, rounds - past.rounds) + 1);
    const postedAt = new Date(past.until.getTime() + Math.floor(left * place));
    return loadRound(pools, i % units, { number, postedAt }, options.isLedgerOnly);
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

interface Job {
  readonly name: string;
  readonly count: number;
  readonly units: number;
  readonly size: number;
  /** What those are that were not loaded. */
  readonly others: string;
}

/**
 * Runs `each` for 0 … count − 1, some at a time, and reports how many it has loaded. A worker keeps to its units: what is
 * done to a unit is done in order.
 */
async function work(
  job: Job,
  report: (line: string) => void,
  each: (i: number) => Promise<number>,
): Promise<void> {
  const { name, count, units, size } = job;
  if (count === 0) return;
  const startedAt = performance.now();
  const format = `${name} [{bar}] {value}/{total} · {rate}/s · {eta_formatted} left`;
  const bar = process.stderr.isTTY
    ? new SingleBar({ format, stream: process.stderr }, Presets.rect)
    : undefined;
  bar?.start(count * size, 0, { rate: 0 });
  let done = 0;
  let loaded = 0;
  const rate = (items: number): number => Math.round((items * 1_000) / (performance.now() - startedAt));
  const worker = async (lane: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      if ((i % units) % workers !== lane) continue;
      const added = await each(i);
      loaded += added;
      done++;
      bar?.update(done * size, { rate: rate(done * size) });
    }
  };
  await Promise.all(Array.from({ length: workers }, (_, lane) => worker(lane)));
  bar?.stop();
  const elapsedMs = performance.now() - startedAt;
  report(summaryOf(job, loaded, elapsedMs));
}

function summaryOf({ name, count, size, others }: Job, loaded: number, elapsedMs: number): string {
  const text = (items: number): string => Math.round(items).toLocaleString('en');
  const left = count * size - loaded;
  if (loaded === 0) return `No ${name} loaded: ${text(left)} ${others}`;
  const seconds = (elapsedMs / 1_000).toFixed(1);
  const done = `${text(loaded)} ${name} in ${seconds} s, ${text((loaded * 1_000) / elapsedMs)} a second`;
  return left === 0 ? done : `${done}; ${text(left)} ${others}`;
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
