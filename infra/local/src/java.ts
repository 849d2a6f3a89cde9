import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { LocalError } from './local-error.js';

const minimumJava = 17;

/** The `java` of JAVA_HOME, else the one on PATH. */
export function javaCommand(): string {
  const home = process.env.JAVA_HOME;
  return home ? join(home, 'bin', 'java') : 'java';
}

/** @throws LocalError when there is no Java 17 or later */
export function requireJava(): void {
  const version = javaVersion();
  const found = version === undefined ? undefined : /version "(?:1\.)?(\d+)/.exec(version)?.[1];
  if (found !== undefined && Number(found) >= minimumJava) return;
  const problem = found === undefined ? 'Java was not found' : `Java ${found} is too old`;
  throw new LocalError(
    'java-missing',
    `${problem}: install Java ${minimumJava} or later, or use Docker: docker compose up.`,
  );
}

/** Tells one Java from another. */
export function javaFingerprint(): string {
  const hash = createHash('sha256').update(javaVersion() ?? '');
  return hash.digest('hex').slice(0, 8);
}

let version: string | undefined;

function javaVersion(): string | undefined {
  if (version === undefined) {
    const { stderr, error } = spawnSync(javaCommand(), ['-version'], { encoding: 'utf8' });
    if (!error) version = stderr;
  }
  return version;
}
