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
}

export interface DeadLetterGroup {
  readonly fingerprint: string;
  readonly group: string;
  readonly messageName: string | null;
  readonly errorCode: string;
  readonly count: number;
  readonly firstFailedAt: string;
  readonly lastFailedAt: string;
}

export interface Replay {
  readonly id: string;
  readonly status: string;
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
