import { exitCodes } from './exit-codes.js';

/** The edge answered with a problem (RFC 9457), or did not answer at all. */
export class OpsError extends Error {
  constructor(
    message: string,
    readonly code: string,
    readonly errors: readonly { pointer: string; detail: string }[] = [],
  ) {
    super(message);
    this.name = 'OpsError';
  }

  get exitCode(): number {
    if (this.code === 'timeout') return exitCodes.timeout;
    return this.code === 'usage' ? exitCodes.usage : exitCodes.refused;
  }
}

export interface OpsClientOptions {
  /** Base URL of an edge instance. */
  readonly url: string;
  readonly apiKey: string;
  readonly timeoutMs: number;
}

export interface Page<T> {
  readonly data: readonly T[];
  readonly nextCursor: string | null;
}

/** A thin client of the ops REST API. Answers are passed on as the edge sent them. */
export class OpsClient {
  constructor(private readonly options: OpsClientOptions) {}

  get<T>(path: string, query: Record<string, string | number | undefined> = {}): Promise<T> {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) search.set(name, String(value));
    }
    return this.request<T>('GET', search.size > 0 ? `${path}?${search}` : path);
  }

  post<T>(path: string, body: unknown): Promise<T> {
    return this.request<T>('POST', path, body);
  }

  patch<T>(path: string, body: unknown): Promise<T> {
    return this.request<T>('PATCH', path, body);
  }

  delete(path: string): Promise<void> {
    return this.request<void>('DELETE', path);
  }

  /** Every item of a list, page by page, up to `limit`. */
  async all<T>(path: string, query: Record<string, string | undefined>, limit: number): Promise<T[]> {
    const items: T[] = [];
    let cursor: string | undefined;
    do {
      const page: Page<T> = await this.get(path, {
        ...query,
        cursor,
        limit: Math.min(200, limit - items.length),
      });
      items.push(...page.data);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined && items.length < limit);
    return items;
  }

  /** Every item of a list, one after the other, however long it is. */
  async *each<T>(path: string, query: Record<string, string | undefined>): AsyncGenerator<T> {
    let cursor: string | undefined;
    do {
      const page: Page<T> = await this.get(path, { ...query, cursor, limit: 200 });
      yield* page.data;
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
  }

  private async request<T>(method: string, path: string, body?: unknown): Promise<T> {
    const { url, apiKey, timeoutMs } = this.options;
    if (!URL.canParse(path, url)) {
      throw new OpsError(`${url} is not a URL: say --url http://host:port, or set FLORIN_URL`, 'usage');
    }
    let response: Response;
    try {
      response = await fetch(new URL(path, url), {
        method,
        headers: {
          authorization: `Bearer ${apiKey}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        body: body === undefined ? undefined : JSON.stringify(body),
        signal: AbortSignal.timeout(timeoutMs),
      });
    } catch (error) {
      throw new OpsError(`${url} does not answer: ${(error as Error).message}`, 'unreachable');
    }
    const text = await response.text();
    if (!response.ok) throw problem(response.status, text);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }
}

function problem(status: number, text: string): OpsError {
  try {
    const { code, detail, title, errors } = JSON.parse(text) as {
      code?: string;
      detail?: string;
      title?: string;
      errors?: { pointer: string; detail: string }[];
    };
    return new OpsError(detail ?? title ?? `status ${status}`, code ?? String(status), errors);
  } catch {
    return new OpsError(`status ${status}`, String(status));
  }
}
