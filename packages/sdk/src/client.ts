import { fixedCredentials, SessionCredentials, type SessionTokens, type TokenSource } from './credentials.js';
import { FlorinError } from './errors.js';
import { type EventOptions, events, type ServerEvent } from './events.js';
import { type Customer, type Operations, operations } from './generated/api.js';
import { defaultRetryPolicy, type RetryPolicy } from './retry.js';
import { type CallOptions, type HttpCall, Transport } from './transport.js';

export type OperationName = keyof Operations;
export type RequestOf<Name extends OperationName> = Operations[Name]['request'];
export type ResponseOf<Name extends OperationName> = Operations[Name]['response'];

/** Operations that answer a page of a list. */
export type ListName = {
  [Name in OperationName]: ResponseOf<Name> extends {
    readonly data: readonly unknown[];
    readonly nextCursor: string | null;
  }
    ? RequestOf<Name> extends { readonly query?: { readonly cursor?: string } }
      ? Name
      : never
    : never;
}[OperationName];
export type ItemOf<Name extends ListName> = ResponseOf<Name>['data'][number];

type RequestArguments<Name extends OperationName> =
  Record<never, never> extends RequestOf<Name>
    ? [request?: RequestOf<Name>, options?: CallOptions]
    : [request: RequestOf<Name>, options?: CallOptions];

/** Every operation of the API as a function of its request. */
export type Api = {
  readonly [Name in OperationName]: (...args: RequestArguments<Name>) => Promise<ResponseOf<Name>>;
};

/** An answer with what is around its body. */
export interface Answer<Data> {
  readonly data: Data;
  readonly status: number;
  readonly headers: Headers;
  /** True when it is the stored answer to an earlier request with the same key. */
  readonly replayed: boolean;
}

/** A login waits for the code that was sent: ask the customer for it. */
export type AskCode = (challenge: {
  readonly challengeId: string;
  readonly channel: string;
  readonly expiresAt: string;
}) => string | Promise<string>;

export interface FlorinOptions {
  /** E.g. `http://127.0.0.1:8080`. */
  readonly baseUrl: string;
  /** An API key, an access token, or a function that knows the current one. Without it: `signIn` or `session`. */
  readonly token?: TokenSource;
  /** Tokens of an earlier `signIn`. */
  readonly session?: SessionTokens;
  /** Called whenever the tokens change, to keep them; undefined when the session has ended. */
  readonly onTokens?: (tokens: SessionTokens | undefined) => unknown;
  /** Of each try; 35 s by default, because the API waits for outcomes for up to 30 s. */
  readonly timeoutMs?: number;
  readonly retry?: Partial<RetryPolicy>;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly fetch?: typeof fetch;
}

export interface Client {
  /** Logs in with both factors; from then on the client keeps its session alive. */
  signIn(login: { readonly email: string; readonly password: string }, askCode: AskCode): Promise<Customer>;
  /** Ends the session that `signIn` began. */
  signOut(): Promise<void>;
  /** Calls an operation and answers with status and headers. */
  request<Name extends OperationName>(
    name: Name,
    ...args: RequestArguments<Name>
  ): Promise<Answer<ResponseOf<Name>>>;
  /** All items of a list, page after page, as they are asked for. */
  paginate<Name extends ListName>(
    name: Name,
    ...args: RequestArguments<Name>
  ): AsyncGenerator<ItemOf<Name>, void, undefined>;
  /** Calls an operation for another media type, e.g. a statement as `application/pdf`. */
  download<Name extends OperationName>(
    name: Name,
    request: RequestOf<Name>,
    accept: string,
    options?: CallOptions,
  ): Promise<Response>;
  /** What happens to the caller's objects, from now on or from `lastEventId` on; reconnects by itself. */
  listen(options?: EventOptions): AsyncGenerator<ServerEvent, void, undefined>;
}

export type Florin = Api & Client;

/** The parts of a request as they are at run time, whatever the operation. */
interface AnyRequest {
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  readonly [parameter: string]: unknown;
}

/** A client of the REST API of Florin. */
export function createFlorin(options: FlorinOptions): Florin {
  const transport = new Transport({
    baseUrl: options.baseUrl.replace(/\/+$/, ''),
    // Unbound, the `fetch` of browsers refuses to be called.
    fetch: options.fetch ?? ((...args) => fetch(...args)),
    timeoutMs: options.timeoutMs ?? 35_000,
    retry: { ...defaultRetryPolicy, ...options.retry },
    headers: options.headers ?? {},
  });
  const session = new SessionCredentials(options.session, refresh, options.onTokens ?? (() => undefined));
  const credentials = options.token === undefined ? session : fixedCredentials(options.token);

  async function refresh(refreshToken: string): Promise<SessionTokens | undefined> {
    const call = callOf('refreshSession', { body: { refreshToken } }, {});
    try {
      return (await (await transport.send(call, undefined)).json()) as SessionTokens;
    } catch (error) {
      if (error instanceof FlorinError && error.status === 401) return undefined;
      throw error;
    }
  }

  async function request(name: OperationName, request?: AnyRequest, callOptions: CallOptions = {}) {
    const response = await transport.send(callOf(name, request ?? {}, callOptions), credentials);
    const { status, headers } = response;
    const text = await response.text();
    const data: unknown = text === '' ? undefined : JSON.parse(text);
    return { data, status, headers, replayed: headers.get('idempotency-replayed') === 'true' };
  }

  async function* paginate(name: ListName, first?: AnyRequest, callOptions?: CallOptions) {
    let cursor: string | null | undefined;
    do {
      const query = { ...first?.query, ...(cursor ? { cursor } : {}) };
      const { data } = await request(name, { ...first, query }, callOptions);
      const page = data as { readonly data: readonly unknown[]; readonly nextCursor: string | null };
      yield* page.data;
      cursor = page.nextCursor;
    } while (cursor !== null);
  }

  const client = {
    request,
    paginate,
    download: (name: OperationName, wanted: AnyRequest, accept: string, callOptions: CallOptions = {}) =>
      transport.send({ ...callOf(name, wanted, callOptions), accept }, credentials),
    listen: (eventOptions: EventOptions = {}) => events(transport, credentials, eventOptions),
    async signIn(login: { readonly email: string; readonly password: string }, askCode: AskCode) {
      const challenge = (await request('logIn', { body: login })).data as Parameters<AskCode>[0];
      const code = await askCode(challenge);
      const answer = await request('confirmLogin', { challengeId: challenge.challengeId, body: { code } });
      const { customer, ...tokens } = answer.data as SessionTokens & { readonly customer: Customer };
      await session.set(tokens);
      return customer;
    },
    async signOut() {
      if (session.tokens) await request('logOut');
      await session.set(undefined);
    },
  };
  const api = Object.fromEntries(
    (Object.keys(operations) as OperationName[]).map((name) => [
      name,
      async (wanted?: AnyRequest, callOptions?: CallOptions) =>
        (await request(name, wanted, callOptions)).data,
    ]),
  );
  // The table of operations and their types are generated from one document.
  return Object.assign(api, client) as unknown as Florin;
}

function callOf(name: OperationName, request: AnyRequest, options: CallOptions): HttpCall {
  const { method, path } = operations[name];
  const address = path.replace(/\{(\w+)\}/g, (_, parameter: string) => {
    const value = request[parameter];
    if (value === undefined || value === '') throw new TypeError(`${name} needs ${parameter}`);
    return encodeURIComponent(String(value));
  });
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(request.query ?? {})) {
    if (value !== undefined) query.append(key, String(value));
  }
  const search = query.size === 0 ? '' : `?${query}`;
  return { ...options, method, path: `${address}${search}`, body: request.body };
}
