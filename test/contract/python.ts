import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** Pinned, because a new version may find other things and CI shall find what the change has done. */
export const schemathesisVersion = '4.32.5';

/** Thrown when this machine has no Python that could run the test, or cannot download it. */
export class SchemathesisMissing extends Error {}

/**
 * The Schemathesis of this clone, installed on the first call.
 * @returns the path of its command
 * @throws SchemathesisMissing
 */
export async function installSchemathesis(): Promise<string> {
  const folder = join(process.cwd(), '.cache', `schemathesis-${schemathesisVersion}`);
  const command = join(folder, 'bin', 'schemathesis');
  // The command appears at the end of the installation, so half an installation is done again.
  if (existsSync(command)) return command;
  try {
    await run('python3', ['-c', 'import sys, venv, ensurepip; assert sys.version_info >= (3, 10)']);
  } catch (cause) {
    throw new SchemathesisMissing('needs Python 3.10 or later with venv (Debian: python3-venv)', { cause });
  }
  console.error(`Installing Schemathesis ${schemathesisVersion} into .cache`);
  try {
    await run('python3', ['-m', 'venv', '--clear', folder]);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
    const options = { timeout: 300_000 };
    await run(join(folder, 'bin', 'python'), [...pip, `schemathesis==${schemathesisVersion}`], options);
  } catch (cause) {
    throw new SchemathesisMissing(`cannot install Schemathesis ${schemathesisVersion}`, { cause });
  }
  return command;
}
