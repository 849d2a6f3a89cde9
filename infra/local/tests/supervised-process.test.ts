import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { freePorts } from '../src/ports.js';
import { type SupervisedProcess, superviseProcess } from '../src/supervised-process.js';

const program = `require('node:http').createServer((_, response) => response.end()).listen(process.env.PORT)`;

let folder: string;
let lines: string[];
let supervised: SupervisedProcess | undefined;
let port: number;
let onLine: () => void;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'florin-supervised-'));
  lines = [];
  onLine = () => undefined;
  [port] = (await freePorts(1)) as [number];
});
afterEach(async () => {
  await supervised?.stop();
  rmSync(folder, { recursive: true });
});

function supervise(source: string, restart: boolean): SupervisedProcess {
  return superviseProcess({
    name: 'wallet',
    command: process.execPath,
    args: ['-e', source],
    env: { ...process.env, PORT: String(port) },
    logFile: join(folder, 'wallet.log'),
    restart,
    report: (line) => {
      lines.push(line);
      onLine();
    },
    probe: async () => void (await (await fetch(`http://127.0.0.1:${port}`)).arrayBuffer()),
  });
}

test('a process that was killed is started again, and both are said', async () => {
  supervised = supervise(program, true);
  await supervised.untilReady();
  const first = supervised.pid;
  const readyAgain = new Promise<void>((resolve) => {
    onLine = () => lines.length === 2 && resolve();
  });
  expect(await supervised.kill('SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' });
  await readyAgain;
  expect(supervised.pid).not.toBe(first);
  expect(lines).toEqual([
    expect.stringMatching(/^wallet was ended by SIGKILL; starting it again in 0\.5 s/),
    'wallet is ready again',
  ]);
});

test('without restart it stays down until it is started', async () => {
  supervised = supervise(program, false);
  await supervised.untilReady();
  await supervised.kill('SIGKILL');
  expect(supervised.running).toBe(false);
  await supervised.start();
  expect(supervised.running).toBe(true);
  expect(lines).toEqual([]);
});

test('a process that cannot start is a clear error with the end of its log', async () => {
  supervised = supervise(`console.error('no such database'); process.exit(3)`, true);
  await expect(supervised.untilReady()).rejects.toThrow(
    /wallet ended while it started\. .*\nno such database/,
  );
  expect(lines).toEqual([]);
});

test('a process that is being stopped is not started again', async () => {
  supervised = supervise(program, true);
  await supervised.untilReady();
  await supervised.stop();
  expect(supervised.running).toBe(false);
  expect(lines).toEqual([]);
});
