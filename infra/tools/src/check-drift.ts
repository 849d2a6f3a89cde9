import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { contractsFile, contractsSource } from './generate-contracts.js';
import { sdkFile, sdkSource } from './generate-sdk.js';
import { repositoryRoot } from './paths.js';
import { compatibilityProblems, unreleasedSubjects } from './schema-compatibility.js';
import { currentSchemas, readSchemaLock } from './schema-lock.js';

/** The first migration of every service must be the messaging core's tables, letter for letter. */
function messagingMigrationProblems(): string[] {
  const expected = read('packages/messaging/src/sql/messaging.sql');
  return readdirSync(join(repositoryRoot, 'prisma'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => {
      const migrations = `prisma/${name}/migrations`;
      const [first] = readdirSync(join(repositoryRoot, migrations)).sort();
      const file = `${migrations}/${first}/migration.sql`;
      return read(file) === expected ? [] : [`${file} differs from packages/messaging/src/sql/messaging.sql`];
    });
}

function generatedCodeProblems(): string[] {
  const contracts = readFileSync(contractsFile, 'utf8') === contractsSource();
  const sdk = readFileSync(sdkFile, 'utf8') === sdkSource();
  return [
    ...(contracts ? [] : ['The generated contracts are not what the schemas say: run `npm run generate`']),
    ...(sdk ? [] : ['The generated SDK is not what docs/openapi.json says: run `npm run generate`']),
  ];
}

function schemaProblems(): string[] {
  const released = readSchemaLock();
  const current = currentSchemas();
  const unreleased = unreleasedSubjects(released, current).map(
    (subject) => `${subject} is not in packages/contracts/schemas.lock.json: run \`npm run schemas:release\``,
  );
  return [...compatibilityProblems(released, current), ...unreleased];
}

function read(path: string): string {
  return readFileSync(join(repositoryRoot, path), 'utf8');
}

const problems = [...messagingMigrationProblems(), ...generatedCodeProblems(), ...schemaProblems()];
for (const problem of problems) console.error(`drift: ${problem}`);
if (problems.length > 0) process.exit(1);
console.log('No drift.');
