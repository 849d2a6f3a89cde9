import type { RouteReply } from '@florin/http';
import { z } from 'zod';
import type { ApiKeyView, MadeKey } from '../../api-keys/tools.js';
import { instant } from '../fields.js';

export const apiKeyStatuses = ['active', 'expired', 'revoked'] as const;
export type ApiKeyStatus = (typeof apiKeyStatuses)[number];

export const apiKeySchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    prefix: z
      .string()
      .meta({ description: 'First characters, to recognise the key.', example: 'flk_7Hd92kLm' }),
    scopes: z.array(z.string()),
    status: z.enum(apiKeyStatuses),
    createdAt: instant,
    createdBy: z.string(),
    lastUsedAt: instant.nullable().meta({ description: 'Some seconds late.' }),
    expiresAt: instant.nullable(),
    revokedAt: instant.nullable(),
    previous: z
      .object({ prefix: z.string(), expiresAt: instant })
      .nullable()
      .meta({ description: 'The secret before the last rotation, while it still works.' }),
  })
  .meta({ id: 'ApiKey' });

export const newApiKeySchema = apiKeySchema
  .extend({ key: z.string().meta({ description: 'Shown this once; only its hash is stored.' }) })
  .meta({ id: 'NewApiKey' });

/** A key as clients see it at `now`. */
export function representApiKey(row: ApiKeyView, now: number): z.infer<typeof apiKeySchema> {
  const { id, name, prefix, scopes, createdBy, previousPrefix, previousExpiresAt } = row;
  const overlaps = previousPrefix !== null && previousExpiresAt !== null && previousExpiresAt.getTime() > now;
  return {
    ...{ id, name, prefix, scopes, createdBy },
    status: statusOf(row, now),
    createdAt: row.createdAt.toISOString(),
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
    previous: overlaps ? { prefix: previousPrefix, expiresAt: previousExpiresAt.toISOString() } : null,
  };
}

function statusOf({ revokedAt, expiresAt }: ApiKeyView, now: number): ApiKeyStatus {
  if (revokedAt) return 'revoked';
  return expiresAt && expiresAt.getTime() <= now ? 'expired' : 'active';
}

/** The rows that have a status at `now`: it follows from times and is stored nowhere. */
export function hasStatus(status: ApiKeyStatus, now: Date): object {
  switch (status) {
    case 'revoked':
      return { revokedAt: { not: null } };
    case 'expired':
      return { revokedAt: null, expiresAt: { lte: now } };
    case 'active':
      return { revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] };
  }
}

/** The answer with a new secret in it. */
export function newKeyReply({ row, key }: MadeKey, now: number): RouteReply {
  return {
    status: 201,
    headers: { Location: `/v1/api-keys/${row.id}` },
    body: { ...representApiKey(row, now), key },
  };
}
