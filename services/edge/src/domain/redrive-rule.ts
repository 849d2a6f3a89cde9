/** What operators say about a rule for auto-redrive; null is any, or no condition. */
export interface RedriveRuleFields {
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
  readonly canary: boolean;
  readonly ratePerSecond: number | null;
  readonly maxRedrivesPerLetter: number;
  readonly maxLettersPerHour: number;
  readonly backoffSeconds: number;
}

export interface RedriveRule extends RedriveRuleFields {
  readonly id: string;
}
