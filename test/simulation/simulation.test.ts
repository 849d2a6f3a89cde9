import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { mutations } from './mutations.js';

const program = fileURLToPath(new URL('../dist/test/simulation/main.js', import.meta.url));
const timeoutMs = 300_000;

// A process of its own, because virtual time replaces timers, clocks and ids of the whole process.
function simulate(...args: string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [program, ...args],
      { maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr });
      },
    );
  });
}

describe('the messaging core in simulated worlds', () => {
  test(
    'keeps its promises in 2,000 of them',
    async () => {
      const { code, output } = await simulate('--seeds', '2000');
      // The output names the seed, what happened last and the command that shows it again.
      if (code !== 0) throw new Error(output);
      expect(output).toContain('2000 seeds from 1: every promise was kept');
    },
    timeoutMs,
  );

  test(
    'does the same again from the same seed, whatever ran before',
    async () => {
      const [all, last] = await Promise.all([
        simulate('--seeds', '12', '--workers', '1', '--digest'),
        simulate('--seeds', '1', '--from', '12', '--digest'),
      ]);
      const digest = /seed 12: [0-9a-f]{16}/;
      expect(digest.exec(last.output)?.[0]).toBeDefined();
      expect(digest.exec(all.output)?.[0]).toBe(digest.exec(last.output)?.[0]);
    },
    timeoutMs,
  );
});

describe('the simulator notices a core that does not', () => {
  // The seed that is known to show it comes first; after a change of the core it may be another one.
  test.each(mutations)(
    '$name',
    async ({ name, seed }) => {
      const { code, output } = await simulate('--mutate', name, '--from', String(seed), '--seeds', '3000');
      expect(output).toMatch(/^seed \d+: /m);
      expect(output).toContain(`--mutate '${name}'`);
      expect(code).toBe(1);
    },
    timeoutMs,
  );
});
