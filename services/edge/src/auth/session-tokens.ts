import { z } from 'zod';
import type { AccessTokens } from './access-tokens.js';

export const sessionTokensSchema = z.object({
  accessToken: z.string().meta({ description: 'PASETO v4.public' }),
  accessTokenExpiresAt: z.iso.datetime(),
  refreshToken: z.string().meta({ description: 'Works once' }),
  refreshTokenExpiresAt: z.iso.datetime(),
});

/** The pair of tokens as clients get it; the access token is issued here. */
export async function representSessionTokens(
  accessTokens: AccessTokens,
  session: { sessionId: string; customerId: string; refreshToken: string; refreshTokenExpiresAt: number },
): Promise<z.infer<typeof sessionTokensSchema>> {
  const access = await accessTokens.issue(session);
  return {
    accessToken: access.token,
    accessTokenExpiresAt: new Date(access.expiresAt).toISOString(),
    refreshToken: session.refreshToken,
    refreshTokenExpiresAt: new Date(session.refreshTokenExpiresAt).toISOString(),
  };
}
