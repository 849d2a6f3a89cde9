/** A webhook that must not be believed. */
export class WebhookVerificationError extends Error {
  override readonly name = 'WebhookVerificationError';

  constructor(
    readonly code: 'header-missing' | 'timestamp-invalid' | 'too-old' | 'too-new' | 'signature-invalid',
    message: string,
  ) {
    super(message);
  }
}

export interface WebhookOptions {
  /** `whsec_…`; several while a secret is being rotated. */
  readonly secrets: string | readonly string[];
  /** How far its time may be from ours; 300 s, as Standard Webhooks 1.0 proposes. */
  readonly toleranceSeconds?: number;
  /** Milliseconds since 1970. */
  readonly now?: number;
}

export interface Webhook<Payload = unknown> {
  /** The same for every delivery of one event: remember it, to act once. */
  readonly id: string;
  readonly sentAt: Date;
  readonly payload: Payload;
}

type WebhookHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Verifies a webhook by Standard Webhooks 1.0 and parses it. `body` has to be the text as it came, before any parsing.
 * @throws WebhookVerificationError, SyntaxError when a body that was signed is no JSON
 */
export async function verifyWebhook<Payload = unknown>(
  body: string,
  headers: WebhookHeaders,
  options: WebhookOptions,
): Promise<Webhook<Payload>> {
  const id = required(headers, 'webhook-id');
  const timestamp = required(headers, 'webhook-timestamp');
  const signatures = required(headers, 'webhook-signature');
  const sentAt = checkTime(timestamp, options);
  const content = new TextEncoder().encode(`${id}.${timestamp}.${body}`);
  const secrets = typeof options.secrets === 'string' ? [options.secrets] : options.secrets;
  const candidates = signatures.split(' ').flatMap((versioned) => {
    const [version, signature] = versioned.split(',');
    return version === 'v1' && signature ? [signature] : [];
  });
  for (const secret of secrets) {
    const key = await importSecret(secret);
    for (const candidate of candidates) {
      if (await matches(key, candidate, content)) return { id, sentAt, payload: JSON.parse(body) as Payload };
    }
  }
  throw new WebhookVerificationError('signature-invalid', 'No signature of the webhook fits.');
}

function required(headers: WebhookHeaders, name: string): string {
  const value = headers instanceof Headers ? headers.get(name) : lookUp(headers, name);
  if (!value) throw new WebhookVerificationError('header-missing', `The header ${name} is missing.`);
  return value;
}

function lookUp(headers: Exclude<WebhookHeaders, Headers>, name: string): string | undefined {
  const [, value] = Object.entries(headers).find(([key]) => key.toLowerCase() === name) ?? [];
  return typeof value === 'string' ? value : value?.join(' ');
}

function checkTime(timestamp: string, { toleranceSeconds = 300, now = Date.now() }: WebhookOptions): Date {
  if (!/^\d{1,12}$/.test(timestamp)) {
    throw new WebhookVerificationError('timestamp-invalid', 'webhook-timestamp is no time.');
  }
  const ageSeconds = Math.floor(now / 1_000) - Number(timestamp);
  if (ageSeconds > toleranceSeconds) {
    throw new WebhookVerificationError('too-old', 'The webhook is too old: it may have been recorded.');
  }
  if (ageSeconds < -toleranceSeconds) {
    throw new WebhookVerificationError('too-new', 'The webhook is from the future.');
  }
  return new Date(Number(timestamp) * 1_000);
}

function importSecret(secret: string): Promise<CryptoKey> {
  const bytes = fromBase64(secret.replace(/^whsec_/, ''));
  if (!bytes || bytes.length === 0) throw new TypeError('A webhook secret is whsec_ and base64.');
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
}

/** WebCrypto compares in constant time. */
async function matches(
  key: CryptoKey,
  signature: string,
  content: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const bytes = fromBase64(signature);
  return bytes !== undefined && crypto.subtle.verify('HMAC', key, bytes, content);
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
