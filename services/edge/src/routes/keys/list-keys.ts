import { z } from 'zod';
import { defineRoute } from '../../route.js';

const keySchema = z
  .object({
    kid: z.string().meta({ description: 'PASERK k4.pid; in the footer of tokens', example: 'k4.pid.…' }),
    paserk: z.string().meta({ description: 'PASERK k4.public', example: 'k4.public.…' }),
    kty: z.literal('OKP'),
    crv: z.literal('Ed25519'),
    x: z.string().meta({ description: 'The public key in base64url' }),
    use: z.literal('sig'),
    signs: z.boolean().meta({ description: 'Whether new tokens are signed with it' }),
  })
  .meta({ id: 'TokenKey' });

/** Short against the lifetime of a token, long enough that nobody asks for every token. */
const maxAgeSeconds = 60;

export const listKeys = defineRoute({
  method: 'get',
  path: '/v1/keys',
  operationId: 'listKeys',
  summary: 'List the public keys that access tokens are signed with',
  description: 'For whoever verifies access tokens (PASETO v4.public) without asking the edge each time.',
  tags: ['Identity'],
  access: 'public',
  responses: { 200: { description: 'The keys', schema: z.object({ keys: z.array(keySchema) }) } },
  handler({ accessTokens }) {
    const keys = accessTokens.keys.map(({ kid, paserk, x }, index) => ({
      ...{ kid, paserk, kty: 'OKP', crv: 'Ed25519', x, use: 'sig', signs: index === 0 },
    }));
    return { status: 200, headers: { 'Cache-Control': `public, max-age=${maxAgeSeconds}` }, body: { keys } };
  },
});
