import { createHmac, createPrivateKey, randomBytes, sign } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { PAE, PublicProtocol } from 'paseto';
import { ImportSecretKeyFactory as ImportV2, SignFactory as SignV2 } from 'paseto/v2/public';
import { ImportSecretKeyFactory, SignFactory } from 'paseto/v4/public';
import { accessTokenTtlMs, createAccessTokens } from '../src/auth/access-tokens.js';
import { parseVerificationKey } from '../src/auth/token-keys.js';

const now = Date.parse('2026-05-04T10:00:00Z');
let offsetMs = 0;
const clock = { now: () => now + offsetMs };
const [oldSeed, seed, foreignSeed] = [1, 2, 3].map((byte) => Buffer.alloc(32, byte)) as [
  Buffer,
  Buffer,
  Buffer,
];
const text = (key: Buffer): string => key.toString('base64');
const tokens = createAccessTokens({ key: text(seed), clock });
const { kid, paserk, x } = tokens.keys[0]!;
const subject = { customerId: 'ada', sessionId: 'one' };
const claims = {
  iss: 'florin',
  aud: 'florin-api',
  sub: 'ada',
  sid: 'one',
  exp: new Date(now + accessTokenTtlMs).toISOString(),
};

function base64url(value: string | Buffer): string {
  return Buffer.from(value).toString('base64url');
}

/** The raw 64 bytes of an Ed25519 secret key: seed and public half. */
function secretBytes(of: Buffer, publicHalf: string): string {
  return base64url(Buffer.concat([of, Buffer.from(publicHalf, 'base64url')]));
}

/** Signs anything as the holder of a key could, whatever the platform would issue. */
async function signed(
  change: object,
  options: { seed?: Buffer; footer?: string | null } = {},
): Promise<string> {
  const own = options.seed ?? seed;
  const half = parseVerificationKey(text(own), 'X').x;
  const protocol = new PublicProtocol(SignFactory, ImportSecretKeyFactory);
  const key = await protocol.ImportSecretKey(`k4.secret.${secretBytes(own, half)}`);
  const footer = options.footer === undefined ? JSON.stringify({ kid }) : options.footer;
  const more = footer === null ? {} : { footer: Buffer.from(footer) };
  return protocol.Sign(key, { ...claims, ...change } as typeof claims, { now: new Date(now), ...more });
}

describe('an access token', () => {
  test('as issued is accepted, and names its key in the footer', async () => {
    const { token, expiresAt } = await tokens.issue(subject);
    expect(await tokens.verify(token)).toEqual({ ...subject, expiresAt });
    expect(Buffer.from(token.split('.')[3]!, 'base64url').toString()).toBe(JSON.stringify({ kid }));
  });

  test('made by hand exactly as the platform makes it is accepted: the refusals below refuse what differs', async () => {
    expect(await tokens.verify(await signed({}))).toMatchObject(subject);
  });

  test('expires', async () => {
    const { token } = await tokens.issue(subject);
    const verifyAfter = async (ms: number) => {
      offsetMs = ms;
      return tokens.verify(token).finally(() => {
        offsetMs = 0;
      });
    };
    expect(await verifyAfter(accessTokenTtlMs - 1)).toBeDefined();
    expect(await verifyAfter(accessTokenTtlMs)).toBeUndefined();
  });

  test('of an instance whose clock is a little ahead is accepted', async () => {
    const ahead = createAccessTokens({ key: text(seed), clock: { now: () => now + 3_000 } });
    expect(await tokens.verify((await ahead.issue(subject)).token)).toMatchObject(subject);
    const farAhead = createAccessTokens({ key: text(seed), clock: { now: () => now + 6_000 } });
    expect(await tokens.verify((await farAhead.issue(subject)).token)).toBeUndefined();
  });

  test.each([
    ['another issuer', { iss: 'florin-test' }],
    ['another audience', { aud: 'someone-else' }],
    ['no issuer', { iss: undefined }],
    ['no audience', { aud: undefined }],
    ['no session', { sid: undefined }],
    ['a session that is no text', { sid: 1 }],
    ['an expiry in the past', { exp: new Date(now - 1).toISOString() }],
    ['an expiry that is no time', { exp: 'never' }],
    ['a start in the future', { nbf: new Date(now + 6_000).toISOString() }],
  ])('with %s is refused, however well it is signed', async (_what, change) => {
    const made = signed(change).catch(() => undefined);
    const token = await made;
    // The library does not even sign some of them.
    if (token !== undefined) expect(await tokens.verify(token)).toBeUndefined();
    else expect(Object.keys(change)).toEqual([expect.stringMatching(/exp|sid/)]);
  });

  test('without expiry is refused', async () => {
    const protocol = new PublicProtocol(SignFactory, ImportSecretKeyFactory);
    const key = await protocol.ImportSecretKey(`k4.secret.${secretBytes(seed, x)}`);
    const { exp: _exp, ...endless } = claims;
    const footer = Buffer.from(JSON.stringify({ kid }));
    const token = await protocol.Sign(key, endless, { now: new Date(now), footer, nonExpiring: true });
    expect(await tokens.verify(token)).toBeUndefined();
  });

  test.each([
    ['no footer', null],
    ['an empty footer', ''],
    ['an unknown key id', JSON.stringify({ kid: `k4.pid.${'A'.repeat(44)}` })],
    ['a known key id and more', JSON.stringify({ kid: 'KID', alg: 'none' })],
    ['a footer that is no JSON', 'KID'],
  ])('with %s is refused', async (_what, footer) => {
    const token = await signed({}, { footer: footer?.replace('KID', kid) ?? null });
    expect(await tokens.verify(token)).toBeUndefined();
  });

  test('whose claims, signature or footer were touched is refused at every byte', async () => {
    const { token } = await tokens.issue(subject);
    const parts = token.split('.');
    const accepted: string[] = [];
    for (const part of [2, 3]) {
      const bytes = Buffer.from(parts[part]!, 'base64url');
      for (let at = 0; at < bytes.length; at++) {
        const touched = Buffer.from(bytes);
        touched[at]! ^= 1;
        const forged = parts.with(part, base64url(touched)).join('.');
        if ((await tokens.verify(forged)) !== undefined) accepted.push(`${part}:${at}`);
      }
    }
    expect(accepted).toEqual([]);
  });

  test.each([
    '',
    '.',
    'v4.public.',
    'v4.public..',
    'v4.public.A.',
    '....',
    'v4.public.a.b.c',
    'v4.public.é.é',
  ])('such as %p is refused without an error', async (garbage) => {
    expect(await tokens.verify(garbage)).toBeUndefined();
  });
});

describe('confusing the algorithm is refused:', () => {
  const footer = Buffer.from(JSON.stringify({ kid }));
  const publicBytes = Buffer.from(x, 'base64url');

  test('v4.local, which whoever knows the public key could encrypt with it', async () => {
    const sealed = base64url(Buffer.concat([randomBytes(32), randomBytes(200), randomBytes(32)]));
    for (const header of ['v4.local', 'v4.public', 'v3.local', 'v2.local']) {
      expect(await tokens.verify(`${header}.${sealed}.${base64url(footer)}`)).toBeUndefined();
    }
  });

  test('v2.public, signed with the right key', async () => {
    const v2 = new PublicProtocol(SignV2, ImportV2);
    const key = await v2.ImportSecretKey(`k2.secret.${secretBytes(seed, x)}`);
    const token = await v2.Sign(key, claims, { now: new Date(now), footer });
    expect(token).toMatch(/^v2\.public\./);
    expect(await tokens.verify(token)).toBeUndefined();
    expect(await tokens.verify(token.replace('v2.public.', 'v4.public.'))).toBeUndefined();
  });

  test('an HMAC with the public key in place of the signature', async () => {
    const message = Buffer.from(JSON.stringify(claims));
    const input = PAE([Buffer.from('v4.public.'), message, footer, Buffer.alloc(0)]);
    const mac = createHmac('sha512', publicBytes).update(input).digest();
    const token = `v4.public.${base64url(Buffer.concat([message, mac]))}.${base64url(footer)}`;
    expect(await tokens.verify(token)).toBeUndefined();
    // The same bytes with a signature work, so it is the signature that was missed.
    const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
    const real = sign(null, input, createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }));
    const right = `v4.public.${base64url(Buffer.concat([message, real]))}.${base64url(footer)}`;
    expect(await tokens.verify(right)).toMatchObject(subject);
  });

  test.each(['none', 'HS256', 'EdDSA'])('a JWT with the algorithm %s', async (alg) => {
    const signed = `${base64url(JSON.stringify({ alg, typ: 'JWT', kid }))}.${base64url(JSON.stringify(claims))}`;
    const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
    const signatures: Record<string, Buffer> = {
      none: Buffer.alloc(0),
      HS256: createHmac('sha256', publicBytes).update(signed).digest(),
      EdDSA: sign(null, Buffer.from(signed), createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })),
    };
    expect(await tokens.verify(`${signed}.${base64url(signatures[alg]!)}`)).toBeUndefined();
  });
});

describe('keys', () => {
  test('have the id that PASERK gives them', () => {
    const zero = parseVerificationKey(`k4.public.${base64url(Buffer.alloc(32))}`, 'X');
    // From the test vectors of the PASERK specification.
    expect(zero.kid).toBe('k4.pid.S_XQmeEwHbbvRmiyfXfHYpLGjXGzjTRSDoT1YtTakWFE');
  });

  test('rotate: what the old one signed is accepted for as long as it is named, and nothing of a third', async () => {
    const before = createAccessTokens({ key: text(oldSeed), acceptedKeys: [paserk], clock });
    const during = createAccessTokens({ key: text(seed), acceptedKeys: [before.keys[0]!.paserk], clock });
    const [oldToken, newToken] = [await before.issue(subject), await during.issue(subject)];
    // The rollout takes a while: both instances accept both.
    for (const instance of [before, during]) {
      expect(await instance.verify(oldToken.token)).toMatchObject(subject);
      expect(await instance.verify(newToken.token)).toMatchObject(subject);
      expect(await instance.verify(await signed({}, { seed: foreignSeed }))).toBeUndefined();
    }
    expect(await tokens.verify(oldToken.token)).toBeUndefined();
    expect(await tokens.verify(newToken.token)).toMatchObject(subject);
  });

  test('cannot be mixed: a token of one key that names another is refused', async () => {
    const both = createAccessTokens({ key: text(seed), acceptedKeys: [text(foreignSeed)], clock });
    const crossed = await signed({}, { seed: foreignSeed, footer: JSON.stringify({ kid }) });
    expect(await both.verify(crossed)).toBeUndefined();
    const honest = await signed(
      {},
      { seed: foreignSeed, footer: JSON.stringify({ kid: both.keys[1]!.kid }) },
    );
    expect(await both.verify(honest)).toMatchObject(subject);
  });

  test.each(['k4.public.short', 'k4.secret.AAAA', 'nonsense', text(randomBytes(31)), 'k2.public.AAAA'])(
    'such as %p stop the start and are not quoted',
    (key) => {
      const start = () => createAccessTokens({ key: text(seed), acceptedKeys: [key], clock });
      expect(start).toThrow('TOKEN_VERIFICATION_KEYS');
      expect(start).not.toThrow(key);
    },
  );
});
