import type { ServiceReported } from '@florin/contracts';
import type { Transaction } from '@florin/database';

/** An instance that has been silent for so long is gone, although it could not say so. */
export const forgottenAfterMs = 5 * 60_000;

/** Keeps what instances say of themselves, at most one report each, and when the versions of services changed. */
export async function projectServiceReports(
  tx: Transaction,
  reports: readonly ServiceReported[],
): Promise<void> {
  if (reports.length === 0) return;
  await storeInstances(tx, reports);
  await storeDeployments(tx, reports);
  const newestAt = Math.max(...reports.map(({ meta }) => meta.occurredAt));
  await tx.query({
    name: 'forget-service-instances',
    text: 'DELETE FROM service_instances WHERE id = ANY($1::uuid[]) OR reported_at < $2',
    values: [
      reports.filter(({ stopping }) => stopping).map(({ instanceId }) => instanceId),
      new Date(newestAt - forgottenAfterMs),
    ],
  });
}

async function storeInstances(tx: Transaction, reports: readonly ServiceReported[]): Promise<void> {
  await tx.query({
    name: 'project-service-reports',
    text: `INSERT INTO service_instances AS i
             (id, service, version, started_at, reported_at, ready, breakers, unpublished, oldest_unpublished_age_ms,
              leases)
           SELECT r.* FROM unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[],
                                  $6::boolean[], $7::jsonb[], $8::bigint[], $9::bigint[], $10::integer[]) AS r
           ON CONFLICT (id) DO UPDATE SET
             reported_at = excluded.reported_at, ready = excluded.ready, breakers = excluded.breakers,
             unpublished = excluded.unpublished, oldest_unpublished_age_ms = excluded.oldest_unpublished_age_ms,
             leases = excluded.leases
           WHERE i.reported_at < excluded.reported_at`,
    values: [
      reports.map(({ instanceId }) => instanceId),
      reports.map(({ service }) => service),
      reports.map(({ version }) => version),
      reports.map(({ startedAt }) => new Date(startedAt)),
      reports.map(({ meta }) => new Date(meta.occurredAt)),
      reports.map(({ ready }) => ready),
      reports.map(({ breakers }) => JSON.stringify(breakers)),
      reports.map(({ outbox }) => outbox?.unpublished ?? null),
      reports.map(({ outbox }) => outbox?.oldestAgeMs ?? null),
      reports.map(({ outbox }) => outbox?.leases ?? 0),
    ],
  });
}

/**
 * The instance that started last says which version a service has. While others of the version before still report, a
 * message may fail in either of them: the change has settled when they fell silent.
 */
async function storeDeployments(tx: Transaction, reports: readonly ServiceReported[]): Promise<void> {
  const values = [
    reports.map(({ service }) => service),
    reports.map(({ version }) => version),
    reports.map(({ startedAt }) => new Date(startedAt)),
    reports.map(({ meta }) => new Date(meta.occurredAt)),
  ];
  const latest = `SELECT DISTINCT ON (service) service, started_at, version FROM deployments
                  ORDER BY service, started_at DESC`;
  const reported = `unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[])
                      AS r (service, version, started_at, reported_at)`;
  await tx.query({
    name: 'insert-deployments',
    text: `INSERT INTO deployments (service, started_at, version, previous_version, settled_at)
           SELECT DISTINCT ON (r.service) r.service, r.started_at, r.version, latest.version, r.started_at
           FROM ${reported} LEFT JOIN (${latest}) AS latest ON latest.service = r.service
           WHERE latest.version IS NULL OR (latest.version <> r.version AND latest.started_at < r.started_at)
           ORDER BY r.service, r.started_at DESC
           ON CONFLICT DO NOTHING`,
    values: values,
  });
  await tx.query({
    name: 'settle-deployments',
    text: `UPDATE deployments AS d SET settled_at = late.reported_at
           FROM (SELECT latest.service, latest.started_at, max(r.reported_at) AS reported_at
                 FROM ${reported} JOIN (${latest}) AS latest
                   ON latest.service = r.service AND latest.version <> r.version
                 GROUP BY 1, 2) AS late
           WHERE d.service = late.service AND d.started_at = late.started_at AND d.settled_at < late.reported_at`,
    values: values,
  });
}
