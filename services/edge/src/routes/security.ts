import type { Route } from '@florin/http';
import type { EdgeContext } from '../context.js';
import { listOwnSecurityEvents } from './security-events/list-own-security-events.js';
import { listSecurityEvents } from './security-events/list-security-events.js';

/** API keys, and who did what with them and with sessions. */
export const securityRoutes: readonly Route<EdgeContext>[] = [listSecurityEvents, listOwnSecurityEvents];
