import type { Route } from '@florin/http';
import type { EdgeContext } from '../context.js';
import { createApiKey } from './api-keys/create-api-key.js';
import { getApiKey } from './api-keys/get-api-key.js';
import { getApiKeyUsage } from './api-keys/get-api-key-usage.js';
import { listApiKeys } from './api-keys/list-api-keys.js';
import { revokeApiKey } from './api-keys/revoke-api-key.js';
import { rotateApiKey } from './api-keys/rotate-api-key.js';
import { listOwnSecurityEvents } from './security-events/list-own-security-events.js';
import { listSecurityEvents } from './security-events/list-security-events.js';

/** API keys, and who did what with them and with sessions. */
export const securityRoutes: readonly Route<EdgeContext>[] = [
  createApiKey,
  listApiKeys,
  getApiKey,
  getApiKeyUsage,
  rotateApiKey,
  revokeApiKey,
  listSecurityEvents,
  listOwnSecurityEvents,
];
