import type { Transaction } from '@florin/database';
import { Problem, type RouteReply } from '@florin/http';
import { z } from 'zod';
import { createOneTimeToken, hashToken } from '../../auth/one-time-token.js';
import { representSessionTokens, sessionTokensSchema } from '../../auth/session-tokens.js';
import type { EdgeContext } from '../../context.js';
import { lockRefreshToken } from '../../db/lock-refresh-token.js';
import { revokeSession } from '../../db/revoke-session.js';
import { rotateRefreshToken } from '../../db/rotate-refresh-token.js';
import { decideRefresh, refreshTokenExpiry } from '../../domain/refresh-rotation.js';
import { defineRoute } from '../../route.js';
import { eventOf } from '../../security/event-of.js';

type Exchange =
  | { readonly kind: 'refuse' }
  | { readonly kind: 'revoke-family'; readonly sessionId: string; readonly customerId: string }
  | { readonly kind: 'rotated'; readonly reply: RouteReply };

export const refreshSession = defineRoute({
  method: 'post',
  path: '/v1/sessions/refresh',
  operationId: 'refreshSession',
  summary: 'Exchange a refresh token for a new pair of tokens',
  description:
    'A refresh token works once. Presenting a used one ends the session with all its tokens. However often it is refreshed, a session ends 90 days after its login, unless configured otherwise.',
  tags: ['Identity'],
  access: 'public',
  body: z.strictObject({ refreshToken: z.string().min(1).max(200) }),
  responses: {
    200: { description: 'A new pair of tokens', schema: sessionTokensSchema },
    401: { description: '`refresh-token-invalid`' },
  },
  async handler(context, request) {
    const { database, revocations, clock, logger, securityLog } = context;
    const now = clock.now();
    // The revocation of a stolen family has to commit, so the refusal is thrown only after the transaction.
    const exchange = await database.transaction(async (tx) => {
      const result = await exchangeToken(context, tx, request.body.refreshToken, now);
      if (result.kind === 'revoke-family') {
        const { sessionId: subject, customerId } = result;
        const event = { event: 'refresh-token.reused', outcome: 'refused', actor: 'anonymous' } as const;
        await securityLog.record(tx, eventOf(request, context, { ...event, subject, customerId }));
      }
      return result;
    });
    if (exchange.kind === 'refuse') {
      const event = { event: 'refresh-token.refused', outcome: 'refused', actor: 'anonymous' } as const;
      securityLog.note(eventOf(request, context, event));
    }
    if (exchange.kind === 'revoke-family') {
      logger.warn({ sessionId: exchange.sessionId }, 'a used refresh token was presented, session revoked');
      await revocations.announce([exchange.sessionId]);
    }
    if (exchange.kind !== 'rotated') {
      throw new Problem(401, 'refresh-token-invalid', 'The refresh token is not valid; log in again.');
    }
    return exchange.reply;
  },
});

async function exchangeToken(
  context: EdgeContext,
  tx: Transaction,
  refreshToken: string,
  now: number,
): Promise<Exchange> {
  const maxAgeMs = context.config.SESSION_MAX_AGE;
  const usedTokenHash = hashToken(refreshToken);
  const found = await lockRefreshToken(tx, usedTokenHash);
  if (!found) return { kind: 'refuse' };
  const { sessionId, customerId } = found;
  switch (decideRefresh(found, now, maxAgeMs)) {
    case 'refuse':
      return { kind: 'refuse' };
    case 'revoke-family':
      await revokeSession(tx, { id: sessionId, customerId }, 'refresh-reuse', now);
      return { kind: 'revoke-family', sessionId, customerId };
    case 'rotate': {
      const { token, tokenHash } = createOneTimeToken();
      const expiresAt = refreshTokenExpiry(now, found.sessionCreatedAt, maxAgeMs);
      await rotateRefreshToken(tx, { sessionId, usedTokenHash, nextTokenHash: tokenHash, now, expiresAt });
      const pair = { sessionId, customerId, refreshToken: token, refreshTokenExpiresAt: expiresAt };
      const reply = { status: 200, body: await representSessionTokens(context.accessTokens, pair) };
      context.keepAnswer(tx, reply, customerId);
      return { kind: 'rotated', reply };
    }
  }
}
