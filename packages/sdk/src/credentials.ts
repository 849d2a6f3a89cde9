/** Where the token of a request comes from. */
export interface Credentials {
  /** Undefined sends the request without one. */
  token(): Promise<string | undefined>;
  /** Called when `used` was refused; true when another one is there now. */
  renew(used: string): Promise<boolean>;
}

/** The tokens of a session, as `confirmLogin` and `refreshSession` answer them. */
export interface SessionTokens {
  readonly accessToken: string;
  readonly accessTokenExpiresAt: string;
  readonly refreshToken: string;
  readonly refreshTokenExpiresAt: string;
}

export type TokenSource = string | (() => string | undefined | Promise<string | undefined>);

export function fixedCredentials(source: TokenSource | undefined): Credentials {
  return {
    token: async () => (typeof source === 'function' ? source() : source),
    renew: async (used) => typeof source === 'function' && (await source()) !== used,
  };
}

/** A new access token is fetched so long before the old one expires. */
const headroomMs = 30_000;

/**
 * Keeps a session alive. A refresh token works once, and using it twice ends the session: so all calls that find the
 * access token too old wait for one refresh.
 */
export class SessionCredentials implements Credentials {
  private refreshing: Promise<boolean> | undefined;

  constructor(
    private current: SessionTokens | undefined,
    private readonly refresh: (refreshToken: string) => Promise<SessionTokens | undefined>,
    private readonly onTokens: (tokens: SessionTokens | undefined) => unknown,
  ) {}

  get tokens(): SessionTokens | undefined {
    return this.current;
  }

  async set(tokens: SessionTokens | undefined): Promise<void> {
    this.current = tokens;
    await this.onTokens(tokens);
  }

  async token(): Promise<string | undefined> {
    const tokens = this.current;
    if (tokens && Date.parse(tokens.accessTokenExpiresAt) - Date.now() < headroomMs) {
      await this.renew(tokens.accessToken);
    }
    return this.current?.accessToken;
  }

  async renew(used: string): Promise<boolean> {
    const tokens = this.current;
    if (!tokens) return false;
    // Somebody else has renewed it meanwhile.
    if (tokens.accessToken !== used) return true;
    this.refreshing ??= this.exchange(tokens.refreshToken).finally(() => {
      this.refreshing = undefined;
    });
    return this.refreshing;
  }

  private async exchange(refreshToken: string): Promise<boolean> {
    const next = await this.refresh(refreshToken);
    await this.set(next);
    return next !== undefined;
  }
}
