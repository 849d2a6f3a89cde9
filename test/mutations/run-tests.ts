import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const timeoutMs = 180_000;

export interface TestRun {
  readonly passed: number;
  /** Full names. */
  readonly failed: readonly string[];
  readonly output: string;
}

interface JestReport {
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** Runs test files with Jest in a folder; a run that does not end in time has neither passed nor failed. */
export async function runTests(
  folder: string,
  files: readonly string[],
  only: string,
  env: NodeJS.ProcessEnv,
): Promise<TestRun> {
  const reportFile = join(folder, 'mutation-report.json');
  rmSync(reportFile, { force: true });
  const child = spawn(
    process.execPath,
    [
      ...['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'],
      ...['--json', `--outputFile=${reportFile}`, '--forceExit'],
      ...['-t', only],
      ...files,
    ],
    { cwd: folder, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'], timeout: timeoutMs },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (part: Buffer) => {
      output += part;
    });
  }
  await new Promise((resolve) => child.once('close', resolve));
  const report = readReport(reportFile);
  return {
    passed: report?.numPassedTests ?? 0,
    failed: (report?.testResults ?? [])
      .flatMap(({ assertionResults }) => assertionResults)
      .filter(({ status }) => status === 'failed')
      .map(({ fullName }) => fullName.split('\n')[0]!),
    output,
  };
}

function readReport(file: string): JestReport | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as JestReport;
  } catch {
    return undefined;
  }
}
