import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { lockDirectory, requireUnlocked } from '../src/directory-lock.js';

const lockModule = fileURLToPath(new URL('../dist/directory-lock.js', import.meta.url));
const source = `
  import { lockDirectory } from ${JSON.stringify(lockModule)};
  lockDirectory(process.argv[1]);
  console.log('locked');
`;
const program = ['--input-type=module', '-e'];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'florin-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a folder is held by one process, and by the next when that was killed', async () => {
  const holder = spawn(process.execPath, [...program, `${source} setInterval(() => {}, 60_000);`, folder]);
  await new Promise((resolve) => createInterface({ input: holder.stdout }).once('line', resolve));
  for (const attempt of [requireUnlocked, lockDirectory]) {
    expect(() => attempt(folder)).toThrow(
      expect.objectContaining({
        code: 'directory-in-use',
        message: expect.stringContaining(`this directory is in use by pid ${holder.pid} (`),
      }),
    );
  }
  const gone = new Promise((resolve) => holder.once('exit', resolve));
  holder.kill('SIGKILL');
  await gone;
  const next = spawnSync(process.execPath, [...program, source, folder], { encoding: 'utf8' });
  expect(next).toMatchObject({ status: 0, stdout: 'locked\n', stderr: '' });
});

test('a process that ends gives the folder back', () => {
  const { status } = spawnSync(process.execPath, [...program, source, folder]);
  expect(status).toBe(0);
  expect(existsSync(join(folder, 'lock'))).toBe(false);
});

test('a lock whose number belongs to another program by now is taken over', () => {
  // The parent of this test is alive, but it is not what the lock says.
  const stale = { pid: process.ppid, command: 'node infra/local/dist/start.js --of-yesterday' };
  writeFileSync(join(folder, 'lock'), JSON.stringify(stale));
  expect(() => requireUnlocked(folder)).not.toThrow();
});

test('a lock that was never written out is taken over', () => {
  writeFileSync(join(folder, 'lock'), '');
  const { stdout } = spawnSync(process.execPath, [...program, source, folder], { encoding: 'utf8' });
  expect(stdout).toBe('locked\n');
});
