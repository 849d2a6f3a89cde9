/**
 * Everything the security log knows, by stable names: rules and dashboards of the back office are built on them, so a
 * name is never given another meaning.
 */
export const securityEventNames = [
  // Customers.
  'customer.registered',
  'customer.deleted',
  'email.verified',
  'email-verification.failed',
  'email-change.requested',
  'email-change.failed',
  'email.changed',
  'phone-change.requested',
  'phone-change.failed',
  'phone.changed',
  'login.challenged',
  'login.succeeded',
  'login.failed',
  'otp.failed',
  'otp.refused',
  'password.changed',
  'password-change.failed',
  'password-reset.requested',
  'password-reset.failed',
  'password.reset',
  'session.ended',
  'refresh-token.refused',
  'refresh-token.reused',
  // Whoever calls the API.
  'authentication.failed',
  'authorization.failed',
  'rate-limit.exceeded',
  'operator.called',
  // API keys.
  'api-key.created',
  'api-key.bootstrapped',
  'api-key.rotated',
  'api-key.revoked',
  'api-key.expiring',
  'api-key.expired',
] as const;
export type SecurityEventName = (typeof securityEventNames)[number];

/** From where a request came, and which one it was. */
export interface Origin {
  readonly address: string | null;
  readonly userAgent: string | null;
  readonly requestId: string | null;
  readonly traceId: string | null;
}

/** The origin of what the platform does by itself. */
export const noOrigin: Origin = { address: null, userAgent: null, requestId: null, traceId: null };

/** Nobody's name, address or secret belongs in here: ids, counts and codes only. */
export interface SecurityEvent {
  readonly event: SecurityEventName;
  readonly outcome: 'succeeded' | 'refused';
  /** Stable code of a refusal; the code of the problem that was answered, where there is one. */
  readonly reason?: string;
  /** `customer:<id>`, `key:<id>`, `service:<name>`, or `anonymous`. */
  readonly actor: string;
  /** Id of what it happened to. */
  readonly subject?: string;
  /** Whose security is concerned: the event is then in the customer's own list, too. */
  readonly customerId?: string;
  readonly detail?: Readonly<Record<string, unknown>>;
  readonly origin: Origin;
  readonly occurredAt: Date;
}

/** A row of the log: an event, or a number of the same. */
export interface CountedSecurityEvent extends SecurityEvent {
  readonly occurrences: number;
}

export type CallerKind = 'customer' | 'api-key' | 'service' | 'anonymous';

const kinds: Readonly<Record<string, CallerKind>> = {
  customer: 'customer',
  key: 'api-key',
  service: 'service',
};

export function callerKindOf(actor: string): CallerKind {
  return kinds[actor.split(':', 1)[0]!] ?? 'anonymous';
}
