import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repositoryRoot } from './paths.js';

const run = promisify(execFile);

/** Generates the Prisma client of each service, and skips those whose schema has not changed since. */
export async function generatePrismaClients(): Promise<void> {
  const services = readdirSync(join(repositoryRoot, 'prisma'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
  await Promise.all(services.map(generateClient));
}

async function generateClient(service: string): Promise<void> {
  const schema = join(repositoryRoot, 'prisma', service, 'schema.prisma');
  const stamp = join(repositoryRoot, 'services', service, 'src/db/generated/.schema-hash');
  const hash = createHash('sha256').update(readFileSync(schema)).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  // The generator needs no schema engine; pointing at a harmless program keeps the CLI from downloading one.
  const prisma = join(repositoryRoot, 'node_modules/prisma/build/index.js');
  await run(process.execPath, [prisma, 'generate', '--schema', schema, '--no-hints'], {
    cwd: repositoryRoot,
    env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true', PRISMA_HIDE_UPDATE_MESSAGE: '1' },
  });
  writeFileSync(stamp, hash);
}
