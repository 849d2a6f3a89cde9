import type { Transaction } from '@florin/database';
import type { Application } from '../domain/application.js';

/** Stores new applications and returns the ids of those that were not there before. */
export async function insertApplications(
  tx: Transaction,
  applications: readonly Application[],
): Promise<Set<string>> {
  const { rows } = await tx.query<{ id: string }>({
    name: 'insert-applications',
    text: `INSERT INTO applications
             (id, type_code, type_version, applicant_id, data, status, revision, created_at)
           SELECT * FROM unnest($1::uuid[], $2::text[], $3::int[], $4::uuid[], $5::json[], $6::text[],
             $7::bigint[], $8::timestamptz[])
           ON CONFLICT (id) DO NOTHING RETURNING id`,
    values: [
      applications.map((application) => application.id),
      applications.map((application) => application.type),
      applications.map((application) => application.version),
      applications.map((application) => application.applicantId),
      applications.map((application) => JSON.stringify(application.data)),
      applications.map((application) => application.status),
      applications.map((application) => application.revision),
      applications.map((application) => new Date(application.createdAt)),
    ],
  });
  return new Set(rows.map((row) => row.id));
}
