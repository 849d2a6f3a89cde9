import type { Transaction } from '@florin/database';
import type { Application } from '../domain/application.js';

const dateOf = (time: number | null): Date | null => (time === null ? null : new Date(time));

/** Stores the steps of applications, new or changed. */
export async function writeSteps(tx: Transaction, applications: readonly Application[]): Promise<void> {
  const rows = applications.flatMap(({ id, steps }) =>
    steps.map((step, position) => ({ applicationId: id, position, step })),
  );
  await tx.query({
    name: 'write-steps',
    text: `INSERT INTO application_steps
             (application_id, position, name, status, attempts, started_at, finished_at, reason, output, waits_for)
           SELECT * FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::int[], $6::timestamptz[],
             $7::timestamptz[], $8::text[], $9::json[], $10::uuid[])
           ON CONFLICT (application_id, position) DO UPDATE
           SET status = excluded.status, attempts = excluded.attempts, started_at = excluded.started_at,
               finished_at = excluded.finished_at, reason = excluded.reason, output = excluded.output,
               waits_for = excluded.waits_for`,
    values: [
      rows.map((row) => row.applicationId),
      rows.map((row) => row.position),
      rows.map(({ step }) => step.name),
      rows.map(({ step }) => step.status),
      rows.map(({ step }) => step.attempts),
      rows.map(({ step }) => dateOf(step.startedAt)),
      rows.map(({ step }) => dateOf(step.finishedAt)),
      rows.map(({ step }) => step.reason),
      rows.map(({ step }) => (step.output === null ? null : JSON.stringify(step.output))),
      rows.map(({ step }) => step.waitsFor),
    ],
  });
}
