import { validationFailed } from '@florin/http';
import { z } from 'zod';
import { createApiKey as create } from '../../api-keys/create-api-key.js';
import { defineRoute } from '../../route.js';
import { originOf } from '../../security/origin.js';
import { instant, name } from '../fields.js';
import { newApiKeySchema, newKeyReply } from './representation.js';

const body = z.strictObject({
  name,
  scopes: z
    .array(z.string().min(1).max(100))
    .min(1)
    .max(100)
    .meta({
      description: 'Scopes that the calling key holds itself; `*` for all, now and later.',
      example: ['customers:read'],
    }),
  expiresAt: instant
    .nullish()
    .meta({ description: 'Not after the expiry of the calling key; missing for a key without an end.' }),
});

export const createApiKey = defineRoute({
  method: 'post',
  path: '/v1/api-keys',
  operationId: 'createApiKey',
  summary: 'Create an API key',
  description:
    'The key is in this answer and nowhere else. 403 `scope-not-held` or `expiry-not-held` when it would hold more than ' +
    'the calling key, or last longer.',
  tags: ['Security'],
  access: { scope: 'api-keys:write' },
  body,
  responses: {
    201: { description: 'Created.', schema: newApiKeySchema, headers: ['Location'] },
    403: { description: '`scope-not-held` or `expiry-not-held`' },
  },
  async handler(context, request) {
    const { name, scopes, expiresAt } = request.body;
    refuseUnknown(scopes, context.knownScopes);
    const now = context.clock.now();
    const made = await create(
      context,
      request.caller,
      { name, scopes, expiresAt: expiresAt ? Date.parse(expiresAt) : null },
      {
        origin: originOf(request),
        traceparent: request.traceparent,
        onMade: (tx, key) => context.keepAnswer(tx, newKeyReply(key, now)),
      },
    );
    return newKeyReply(made, now);
  },
});

function refuseUnknown(scopes: readonly string[], known: ReadonlySet<string>): void {
  const errors = scopes.flatMap((scope, i) =>
    known.has(scope)
      ? []
      : [{ pointer: `/scopes/${i}`, detail: `There is no such scope. There are ${[...known].join(', ')}.` }],
  );
  if (errors.length > 0) throw validationFailed(errors);
}
