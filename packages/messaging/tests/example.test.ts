import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Database } from '@florin/database';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually, Harness } from './harness.js';

const harness = new Harness();
const compiled = new URL('../../../test/dist/packages/messaging/tests/example.js', import.meta.url);
let database: Database;
let child: ChildProcess | undefined;

beforeAll(async () => {
  database = await harness.emptyDatabase();
});
afterAll(async () => {
  child?.kill('SIGKILL');
  await harness.close();
});

describe('the example of the README', () => {
  test('is the program that is run here', () => {
    const source = readFileSync(new URL('example.ts', import.meta.url), 'utf8');
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    expect(readme).toContain(`\`\`\`ts\n${source}\`\`\``);
  });

  test('tries again, gives up what cannot succeed, and ends when it is told to', async () => {
    const env = { ...process.env, DATABASE_URL: database.url, TOPIC_PREFIX: harness.topicPrefix };
    child = spawn(process.execPath, ['--no-warnings', fileURLToPath(compiled)], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    const lines = () => output.split('\n').slice(0, -1);
    await eventually(async () => {
      const isDead = lines().some(
        (line) => line.includes('.example.dlq') && line.includes('wallet-type-unknown'),
      );
      return isDead && lines().includes('opened at attempt 2') ? true : undefined;
    });
    const { rows } = await database.pool.query('SELECT status FROM wallets ORDER BY id');
    expect(rows).toEqual([{ status: 'open' }, { status: 'ordered' }]);
    const exit = once(child, 'exit', { signal: AbortSignal.timeout(60_000) });
    child.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
  });
});
