/** A customer with a session. */
export interface CustomerCaller {
  readonly kind: 'customer';
  readonly customerId: string;
  readonly sessionId: string;
}

/** A partner or the back office, with an API key. */
export interface ApiKeyCaller {
  readonly kind: 'api-key';
  readonly keyId: string;
  readonly scopes: ReadonlySet<string>;
  /** Until when the secret works that was sent; missing when it has no end. */
  readonly expiresAt?: number;
  /** Hash of the secret that was sent: tells later whether it still is one of the key's. */
  readonly secretHash?: Buffer;
}

export type Caller = CustomerCaller | ApiKeyCaller;

/** Who may call a route. */
export type Access =
  /** Anyone. */
  | 'public'
  /** Customers only. */
  | 'customer'
  /** Customers and every API key. */
  | 'signed-in'
  /** API keys that hold the scope. */
  | { readonly scope: string }
  /** Customers, and API keys that hold the scope. */
  | { readonly customerOrScope: string };

/** The type of `request.caller` that a route with access `A` sees. */
export type CallerOf<A extends Access> = A extends 'public'
  ? undefined
  : A extends 'customer'
    ? CustomerCaller
    : A extends { readonly scope: string }
      ? ApiKeyCaller
      : Caller;

/** `customer:<id>` or `key:<id>`: the actor in the envelope of messages, and the owner of idempotency keys. */
export function actorOf(caller: Caller): string {
  return caller.kind === 'customer' ? `customer:${caller.customerId}` : `key:${caller.keyId}`;
}
