import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Platform } from './platform.js';

const root = fileURLToPath(new URL('../../', import.meta.url)).replace(/test\/dist\/$/, '');

export interface CommandResult {
  readonly exitCode: number;
  readonly output: string;
}

/** Runs the `florin` command as an operator would, against the given platform. */
export function florin(platform: Platform, ...args: string[]): Promise<CommandResult> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [`${root}packages/ops/bin/florin.js`, ...args],
      { env: { ...process.env, FLORIN_URL: platform.edgeUrl, FLORIN_API_KEY: platform.adminKey } },
      (error, stdout, stderr) =>
        resolve({ exitCode: error ? Number(error.code ?? 1) : 0, output: stdout + stderr }),
    );
  });
}
