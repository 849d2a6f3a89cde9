import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { admin } from './edge-fixture.js';

const command = fileURLToPath(new URL('../../../packages/ops/bin/florin.js', import.meta.url));

export interface FlorinResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command as a script would: nobody is there to be asked. */
export function runFlorin(
  url: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<FlorinResult> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [command, ...args],
      { env: { ...process.env, FLORIN_URL: url, FLORIN_API_KEY: admin, ...env } },
      (error, stdout, stderr) => resolve({ exitCode: error ? Number(error.code) : 0, stdout, stderr }),
    );
    child.stdin?.end();
  });
}
