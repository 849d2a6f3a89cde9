/** What the ops REST API answers with; see `/openapi.json` of the edge. */
export interface DeadLetter {
  readonly id: string;
  readonly topic: string;
  readonly group: string;
  readonly partition: number;
  readonly offset: string | number;
  readonly key: string | null;
  readonly messageName: string | null;
  readonly errorCode: string;
  readonly errorMessage: string;
  readonly attempts: number;
  readonly firstFailedAt: string;
  readonly lastFailedAt: string;
  readonly fingerprint: string;
  readonly status: string;
  /** What came of the replay of one that is resolved. */
  readonly resolution: 'applied' | 'duplicate' | 'superseded' | null;
  readonly revision: number;
  readonly approvedRevision: number;
  readonly parked: boolean;
}

export interface DeadLetterDetail extends DeadLetter {
  readonly payload: Readonly<Record<string, unknown>> | null;
}

export interface Revision {
  readonly deadLetterId: string;
  readonly revision: number;
  readonly status: 'approved' | 'awaiting-approval';
  readonly payload: Readonly<Record<string, unknown>>;
  readonly diff: readonly { op: string; path: string; before?: unknown; after?: unknown }[];
  readonly reason: string;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly approvedBy: string | null;
}

export interface OperatorAction {
  readonly sequence: number;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly reason: string | null;
  readonly occurredAt: string;
}

export interface AuditVerification {
  readonly intact: boolean;
  readonly actions: number;
  readonly brokenAt: number | null;
  readonly headHash: string;
}

interface Report {
  readonly reportedAt: string;
  readonly stale: boolean;
}

export interface Services {
  readonly data: readonly {
    service: string;
    instances: readonly (Report & {
      instanceId: string;
      version: string;
      ready: boolean;
      startedAt: string;
    })[];
  }[];
}

export interface StalledTransactions {
  readonly nextCursor: string | null;
  readonly data: readonly {
    id: string;
    type: string;
    amount: number;
    currency: string;
    waitingFor: string;
    attempts: number;
    stalledSince: string;
  }[];
}

export interface ReconciliationBreak {
  readonly id: string;
  readonly kind: string;
  readonly paymentKind: string;
  readonly currency: string;
  readonly providerAmount: number | null;
  readonly ourAmount: number | null;
  readonly status: string;
  readonly reason: string | null;
  readonly legs: readonly { walletId: string | null; account: string | null; amount: number }[];
  readonly proposedBy: string | null;
  readonly version: number;
  readonly foundAt: string;
}

export interface Breakers {
  readonly data: readonly (Report & {
    service: string;
    instanceId: string;
    name: string;
    state: string;
    failures: number;
    changedAt: string;
    openedAt: string | null;
    nextTryAt: string | null;
  })[];
}

export interface Outboxes {
  readonly data: readonly (Report & {
    service: string;
    unpublished: number | null;
    oldestUnpublishedAgeMs: number | null;
    leases: number;
  })[];
}

export interface DeadLetterGroup {
  readonly fingerprint: string;
  readonly group: string;
  readonly messageName: string | null;
  readonly errorCode: string;
  readonly count: number;
  readonly firstFailedAt: string;
  readonly lastFailedAt: string;
  readonly moneyAtRest: readonly { currency: string; amount: number }[];
}

export interface Replay {
  readonly id: string;
  readonly status: 'running' | 'completed' | 'aborted';
  readonly requestedBy: string;
  readonly reason: string | null;
  readonly dryRun: boolean;
  readonly createdAt: string;
  readonly retrying: number;
  readonly abortReason: string | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly items: readonly { deadLetterId: string; outcome: string; detail?: string | null }[];
}

export interface Topics {
  readonly brokers: readonly { id: number; address: string }[];
  readonly data: readonly { name: string; partitions: number; records: number }[];
}

export interface ConsumerGroups {
  readonly data: readonly {
    group: string;
    service: string;
    state: string;
    members: number;
    lag: readonly { topic: string; partition: number; lag: number }[];
  }[];
}

export interface RedriveRule {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly enabled: boolean;
  readonly group: string | null;
  readonly topic: string | null;
  readonly messageName: string | null;
  readonly errorCode: string | null;
  readonly fingerprint: string | null;
  readonly breaker: string | null;
  readonly newVersion: boolean;
  readonly minAgeSeconds: number | null;
  readonly maxAgeSeconds: number | null;
  readonly stableSeconds: number;
  readonly maxRedrivesPerLetter: number;
  readonly maxLettersPerHour: number;
  readonly backoffSeconds: number;
}

export interface RedriveRuleReport extends RedriveRule {
  readonly obstacles: readonly string[];
  readonly due: number;
  readonly waiting: number;
  readonly exhausted: number;
}

export interface LedgerAudit {
  readonly id: string;
  readonly kind: 'books' | 'chain';
  readonly status: 'pending' | 'running' | 'passed' | 'failed' | 'refused';
  /** Null for all of them. */
  readonly walletId: string | null;
  readonly walletsTotal: number;
  readonly walletsChecked: number;
  readonly entriesChecked: number;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  /** Why it was refused. */
  readonly reason: string | null;
  readonly findings: readonly {
    readonly source: 'ledger' | 'edge';
    readonly check: string;
    readonly walletId: string | null;
    readonly sequence: number | null;
    readonly entryId: string | null;
    readonly currency: string | null;
    readonly detail: string;
  }[];
}

export interface ProjectionRebuild {
  readonly id: string;
  readonly status: 'running' | 'completed' | 'failed';
  readonly projections: readonly string[];
  readonly detail: string;
  readonly recordsTotal: number;
  readonly recordsRead: number;
  readonly rowsRebuilt: number;
  readonly rowsCarriedOver: number;
  readonly createdAt: string;
}

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly scopes: readonly string[];
  readonly status: 'active' | 'expired' | 'revoked';
  readonly lastUsedAt: string | null;
  readonly expiresAt: string | null;
  readonly previous: { readonly prefix: string; readonly expiresAt: string } | null;
}

export interface NewApiKey extends ApiKey {
  readonly key: string;
}

export interface ApiKeyUsage {
  readonly data: readonly { readonly date: string; readonly requests: number; readonly refused: number }[];
}
