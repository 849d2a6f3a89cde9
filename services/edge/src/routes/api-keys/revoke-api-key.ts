import { revokeApiKey as revoke } from '../../api-keys/revoke-api-key.js';
import { defineRoute } from '../../route.js';
import { originOf } from '../../security/origin.js';
import { idParams } from '../fields.js';

export const revokeApiKey = defineRoute({
  method: 'delete',
  path: '/v1/api-keys/{id}',
  operationId: 'revokeApiKey',
  summary: 'Revoke an API key for good, in effect everywhere within a second',
  description:
    'Revoking it again changes nothing. 403 `scope-not-held` when it may do more than the calling key.',
  tags: ['Security'],
  access: { scope: 'api-keys:write' },
  params: idParams,
  responses: {
    204: { description: 'Revoked' },
    403: { description: '`scope-not-held`' },
    404: { description: '`not-found`' },
  },
  async handler(context, request) {
    const { id } = request.params;
    const origin = { origin: originOf(request), traceparent: request.traceparent };
    await revoke(context, request.caller, id, origin);
    await context.apiKeyNews.announce([id]);
    return { status: 204 };
  },
});
