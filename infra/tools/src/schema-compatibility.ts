import { isDeepStrictEqual } from 'node:util';
import avsc from 'avsc';
import type { SchemaVersions } from './schema-lock.js';

/**
 * Compares schemas with all of their released versions by the rule the registry enforces (BACKWARD_TRANSITIVE): what
 * was ever written must be readable for ever, because it may lie in a topic or a dead-letter topic.
 * @returns one line for each problem
 */
export function compatibilityProblems(
  released: SchemaVersions,
  current: Readonly<Record<string, unknown>>,
): string[] {
  return Object.entries(released).flatMap(([subject, versions]) => {
    const schema = current[subject];
    if (schema === undefined) return [`${subject} was removed, but messages of it may still lie in topics`];
    return versions.flatMap((version, index) => {
      const problem = unreadable(schema, version);
      return problem === undefined
        ? []
        : [`${subject} cannot read messages of its version ${index + 1}: ${problem}`];
    });
  });
}

/** Subjects whose schema in the working tree is not the last released version. */
export function unreleasedSubjects(
  released: SchemaVersions,
  current: Readonly<Record<string, unknown>>,
): string[] {
  return Object.keys(current).filter(
    (subject) => !isDeepStrictEqual(released[subject]?.at(-1), current[subject]),
  );
}

/** The released versions with those of the working tree added where they are new. */
export function release(
  released: SchemaVersions,
  current: Readonly<Record<string, unknown>>,
): SchemaVersions {
  const added = Object.fromEntries(
    unreleasedSubjects(released, current).map((subject) => [
      subject,
      [...(released[subject] ?? []), current[subject]],
    ]),
  );
  const all = Object.entries({ ...released, ...added });
  return Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function unreadable(reader: unknown, writer: unknown): string | undefined {
  try {
    typeOf(reader).createResolver(typeOf(writer));
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function typeOf(schema: unknown): avsc.Type {
  return avsc.Type.forSchema(schema as avsc.Schema);
}
