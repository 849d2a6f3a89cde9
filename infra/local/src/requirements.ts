import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { LocalError } from './local-error.js';

const minimumJava = 17;
const orDocker = 'or use Docker: docker compose up';

/** The `java` of JAVA_HOME, else the one on PATH. */
export function javaCommand(): string {
  const home = process.env.JAVA_HOME;
  return home ? join(home, 'bin', 'java') : 'java';
}

/** @throws LocalError when there is no Java 17 or later */
export function requireJava(): void {
  const { stderr, error } = spawnSync(javaCommand(), ['-version'], { encoding: 'utf8' });
  const found = error ? undefined : /version "(?:1\.)?(\d+)/.exec(stderr)?.[1];
  if (found !== undefined && Number(found) >= minimumJava) return;
  const problem = found === undefined ? 'Java was not found' : `Java ${found} is too old`;
  throw new LocalError('java-missing', `${problem}: install Java ${minimumJava} or later, ${orDocker}.`);
}

/** @throws LocalError when there is no Maven */
export function requireMaven(): void {
  if (spawnSync('mvn', ['--version'], { stdio: 'ignore' }).status === 0) return;
  throw new LocalError(
    'maven-missing',
    `Maven was not found: install it (it downloads Kafka, the registry and Redis once), ${orDocker}.`,
  );
}
