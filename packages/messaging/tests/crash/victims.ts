import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Database } from '@florin/database';
import { expect } from '@jest/globals';

/** Where a process dies, and at which of its visits there. */
export type DeathPoint = readonly [point: string, occurrence: number];

const patienceMs = 120_000;

/** Processes of one program of this folder, some of which are told to die. */
export class Victims {
  private readonly children = new Set<ChildProcess>();
  private readonly program: string;

  constructor(name: string) {
    const url = new URL(`../../../../test/dist/packages/messaging/tests/crash/${name}.js`, import.meta.url);
    this.program = fileURLToPath(url);
  }

  start(database: Database, topicPrefix: string, dieAt?: DeathPoint): ChildProcess {
    const child = spawn(process.execPath, ['--no-warnings', this.program], {
      env: {
        ...process.env,
        DATABASE_URL: database.url,
        TOPIC_PREFIX: topicPrefix,
        DIE_AT: dieAt?.[0] ?? '',
        DIE_OCCURRENCE: String(dieAt?.[1] ?? 0),
      },
      stdio: ['ignore', 'ignore', process.env.TEST_LOG_LEVEL ? 'inherit' : 'ignore'],
    });
    this.children.add(child);
    child.once('exit', () => this.children.delete(child));
    return child;
  }

  killAll(): void {
    for (const child of this.children) child.kill('SIGKILL');
  }
}

/** Exit code and signal. */
export async function exitOf(child: ChildProcess): Promise<[number | null, string | null]> {
  return (await once(child, 'exit', { signal: AbortSignal.timeout(patienceMs) })) as [
    number | null,
    string | null,
  ];
}

export async function column(database: Database, sql: string): Promise<string[]> {
  const { rows } = await database.pool.query<{ note: string }>(sql);
  return rows.map(({ note }) => note);
}

/** Visits several points at once, because most of the time passes while Kafka waits for the dead member. */
export async function expectAllToSurvive(
  points: readonly DeathPoint[],
  survives: (point: DeathPoint) => Promise<void>,
): Promise<void> {
  const results = await Promise.allSettled(points.map(survives));
  const failures = results.flatMap((result, i) =>
    result.status === 'rejected' ? [`${points[i]![0]}: ${result.reason}`] : [],
  );
  expect(failures).toEqual([]);
}
