import { compatibilityProblems, release } from './schema-compatibility.js';
import { currentSchemas, readSchemaLock, schemaLockFile } from './schema-lock.js';
import { writeIfChanged } from './write-if-changed.js';

const released = readSchemaLock();
const current = currentSchemas();
const problems = compatibilityProblems(released, current);
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
// One version a line: a change of a schema is one added line in the diff.
const subjects = Object.entries(release(released, current)).map(([subject, versions]) => {
  const lines = versions.map((version) => `    ${JSON.stringify(version)}`);
  return `  ${JSON.stringify(subject)}: [\n${lines.join(',\n')}\n  ]`;
});
writeIfChanged(schemaLockFile, `{\n${subjects.join(',\n')}\n}\n`);
