import type { UnitOfWork } from './unit-of-work.js';

/** An INSERT without ON CONFLICT and RETURNING. */
interface Insert {
  readonly name: string;
  readonly text: string;
  readonly values: unknown[];
}

/**
 * Inserts those rows that are not there yet. A unit that expects all of them to be new does not wait for the answer: when one of them is
 * known after all, it runs again without expecting it.
 * @param returning what of a new row is wanted, as for RETURNING
 * @returns the rows that are new; undefined when all of them are taken for it
 */
export async function insertNew<Row extends object>(
  unit: Pick<UnitOfWork, 'tx' | 'expectsNew' | 'pending'>,
  { name, text, values }: Insert,
  returning: string,
): Promise<readonly Row[] | undefined> {
  if (unit.expectsNew) {
    unit.pending(unit.tx.query({ name, text, values }));
    return undefined;
  }
  const { rows } = await unit.tx.query<Row>({
    name: `${name}-with-care`,
    text: `${text} ON CONFLICT DO NOTHING RETURNING ${returning}`,
    values,
  });
  return rows;
}
