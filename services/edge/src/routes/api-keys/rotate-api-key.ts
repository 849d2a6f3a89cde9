import { z } from 'zod';
import { rotateApiKey as rotate } from '../../api-keys/rotate-api-key.js';
import { defineRoute } from '../../route.js';
import { originOf } from '../../security/origin.js';
import { idParams, instant } from '../fields.js';
import { newApiKeySchema, newKeyReply } from './representation.js';

const maxOverlapSeconds = 30 * 24 * 60 * 60;

const body = z.strictObject({
  overlapSeconds: z
    .int()
    .min(0)
    .max(maxOverlapSeconds)
    .meta({ description: 'So long the secret before goes on working; 0 ends it at once.' }),
  expiresAt: instant
    .nullish()
    .meta({ description: 'Left out, the expiry of the key stays; null takes it away.' }),
});

export const rotateApiKey = defineRoute({
  method: 'post',
  path: '/v1/api-keys/{id}/rotate',
  operationId: 'rotateApiKey',
  summary: 'Give an API key a new secret',
  description:
    'The key keeps its id, scopes and history. 403 when it may do more than the calling key; 409 `rotation-in-progress` while ' +
    'the overlap of the last rotation runs, `api-key-not-active` when it is revoked or has expired.',
  tags: ['Security'],
  access: { scope: 'api-keys:write' },
  params: idParams,
  body,
  responses: {
    201: { description: 'Rotated.', schema: newApiKeySchema, headers: ['Location'] },
    403: { description: '`scope-not-held` or `expiry-not-held`' },
    404: { description: '`not-found`' },
    409: { description: '`rotation-in-progress` or `api-key-not-active`' },
  },
  async handler(context, request) {
    const { overlapSeconds, expiresAt } = request.body;
    const { id } = request.params;
    const now = context.clock.now();
    const made = await rotate(
      context,
      request.caller,
      {
        id,
        overlapMs: overlapSeconds * 1_000,
        expiresAt: typeof expiresAt === 'string' ? Date.parse(expiresAt) : expiresAt,
      },
      {
        origin: originOf(request),
        traceparent: request.traceparent,
        onMade: (tx, key) => context.keepAnswer(tx, newKeyReply(key, now)),
      },
    );
    await context.apiKeyNews.announce([id]);
    return newKeyReply(made, now);
  },
});
