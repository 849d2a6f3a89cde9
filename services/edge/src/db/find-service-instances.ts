import type { Database } from '@florin/database';
import { forgottenAfterMs } from './project-service-reports.js';

export interface BreakerRow {
  readonly name: string;
  readonly state: 'closed' | 'half-open' | 'open';
  readonly failures: number;
  readonly changedAt: number;
  readonly openedAt: number | null;
  readonly nextTryAt: number | null;
}

export interface ServiceInstance {
  readonly id: string;
  readonly service: string;
  readonly version: string;
  readonly startedAt: Date;
  readonly reportedAt: Date;
  readonly ready: boolean;
  readonly breakers: readonly BreakerRow[];
  readonly unpublished: number | null;
  readonly oldestUnpublishedAgeMs: number | null;
  readonly leases: number;
}

/** The instances that have reported lately, by service and age. */
export async function findServiceInstances(
  database: Database,
  now: number,
): Promise<readonly ServiceInstance[]> {
  const { rows } = await database.pool.query<ServiceInstance>({
    name: 'find-service-instances',
    text: `SELECT id, service, version, started_at AS "startedAt", reported_at AS "reportedAt", ready, breakers,
             unpublished, oldest_unpublished_age_ms AS "oldestUnpublishedAgeMs", leases
           FROM service_instances WHERE reported_at >= $1 ORDER BY service, started_at, id`,
    values: [new Date(now - forgottenAfterMs)],
  });
  return rows;
}
