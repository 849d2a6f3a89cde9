import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const childModule = fileURLToPath(new URL('../dist/child.js', import.meta.url));
// A parent as `npm start` is one: it starts a program, says its pid and waits.
const parentSource = `
  import { startChild } from ${JSON.stringify(childModule)};
  const child = startChild({ name: 'x', command: 'sleep', args: ['600'], logFile: '/dev/null' });
  console.log(child.pid);
`;

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('what a process has started does not outlive it, even when it is killed', async () => {
  const parent = spawn(process.execPath, ['--input-type=module', '-e', parentSource]);
  const pid = await new Promise<number>((resolve) => {
    createInterface({ input: parent.stdout }).once('line', (line) => resolve(Number(line)));
  });
  expect(isRunning(pid)).toBe(true);
  parent.kill('SIGKILL');
  const giveUpAt = performance.now() + 5_000;
  while (isRunning(pid) && performance.now() < giveUpAt) await new Promise(setImmediate);
  expect(isRunning(pid)).toBe(false);
});
