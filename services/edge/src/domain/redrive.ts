/** What a rule asks of the world before it replays; all that is set must hold. */
export interface RedriveConditions {
  /** Provider whose breaker has to be closed. */
  readonly breaker: string | null;
  readonly newVersion: boolean;
  readonly minAgeSeconds: number | null;
  readonly stableSeconds: number;
}

/** What is known of the service that failed, from the reports of its instances that are not stale. */
export interface ServiceHealth {
  readonly instances: readonly {
    readonly version: string;
    readonly breakers: readonly {
      readonly name: string;
      readonly state: string;
      readonly changedAt: number;
    }[];
  }[];
  /** The last change of its version. */
  readonly deployment:
    | { readonly version: string; readonly previousVersion: string | null; readonly settledAt: number }
    | undefined;
}

/** Letters that failed before this instant may be replayed, or why none may. */
export type RedriveVerdict = { readonly failedBefore: number } | { readonly obstacle: string };

/**
 * Whether the cause of failures has gone. A breaker that is half open counts as closed once it has waited long enough:
 * nobody calls the provider, and the canary is the trial that it waits for.
 */
export function judgeRedrive(
  conditions: RedriveConditions,
  health: ServiceHealth,
  now: number,
): RedriveVerdict {
  const stableSince = now - conditions.stableSeconds * 1_000;
  const verdicts: RedriveVerdict[] = [];
  if (conditions.breaker !== null) verdicts.push(judgeBreaker(conditions.breaker, health, stableSince));
  if (conditions.newVersion) verdicts.push(judgeVersion(health, stableSince));
  if (conditions.minAgeSeconds !== null) {
    verdicts.push({ failedBefore: now - conditions.minAgeSeconds * 1_000 });
  }
  let failedBefore = now;
  for (const verdict of verdicts) {
    if ('obstacle' in verdict) return verdict;
    failedBefore = Math.min(failedBefore, verdict.failedBefore);
  }
  return { failedBefore };
}

function judgeBreaker(name: string, { instances }: ServiceHealth, stableSince: number): RedriveVerdict {
  const breakers = instances.flatMap((instance) => instance.breakers.filter((b) => b.name === name));
  if (breakers.length === 0) return { obstacle: `no instance reports a breaker ${name}` };
  if (breakers.some(({ state }) => state === 'open')) return { obstacle: `breaker ${name} is open` };
  if (breakers.some(({ changedAt }) => changedAt > stableSince)) {
    return { obstacle: `breaker ${name} is not open, but changed a moment ago` };
  }
  return { failedBefore: stableSince };
}

function judgeVersion({ instances, deployment }: ServiceHealth, stableSince: number): RedriveVerdict {
  if (!deployment || deployment.previousVersion === null) return { obstacle: 'the version has not changed' };
  if (instances.length === 0) return { obstacle: 'no instance reports' };
  if (instances.some(({ version }) => version !== deployment.version)) {
    return { obstacle: 'instances of different versions run' };
  }
  if (deployment.settledAt > stableSince) return { obstacle: `${deployment.version} has just been deployed` };
  return { failedBefore: deployment.settledAt };
}

const maxBackoffMs = 24 * 3_600_000;

/** How long to wait after so many failures in a row: doubling, a day at most. */
export function redriveBackoffMs(backoffSeconds: number, failures: number): number {
  if (failures === 0) return 0;
  return Math.min(maxBackoffMs, backoffSeconds * 1_000 * 2 ** Math.min(failures - 1, 30));
}
