import type { IncomingMessage } from 'node:http';
import { request } from 'node:http';
import { eventually } from '../../../test/story/eventually.js';
import type { Any } from './edge-fixture.js';

interface ConnectOptions {
  readonly token: string;
  readonly lastEventId?: string | undefined;
  readonly query?: string;
}

/** Reads `GET /v1/events` as a browser's EventSource does, and remembers what it needs to resume. */
export class EventStreamClient {
  readonly events: Any[] = [];
  /** Names and data of events other than CloudEvents. */
  readonly notices: { name: string; data: Any }[] = [];
  lastEventId: string | undefined;
  retryMs: number | undefined;
  ended = false;
  private buffer = '';

  private constructor(private readonly response: IncomingMessage) {
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => this.read(chunk));
    response.on('close', () => {
      this.ended = true;
    });
    response.on('error', () => undefined);
  }

  /** Resolves once the stream has begun; rejects with the status when it is refused. */
  static async connect(url: string, options: ConnectOptions): Promise<EventStreamClient> {
    const headers: Record<string, string> = { authorization: `Bearer ${options.token}` };
    if (options.lastEventId !== undefined) headers['last-event-id'] = options.lastEventId;
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request(`${url}/v1/events${options.query ?? ''}`, { headers, agent: false }, resolve)
        .on('error', reject)
        .end();
    });
    if (response.statusCode !== 200) {
      response.setEncoding('utf8');
      let body = '';
      for await (const chunk of response) body += chunk;
      throw Object.assign(new Error(`status ${response.statusCode}`), {
        status: response.statusCode,
        body: JSON.parse(body),
      });
    }
    const client = new EventStreamClient(response);
    await eventually('the stream to begin', async () => client.lastEventId);
    return client;
  }

  /** The ids of the objects that events were about, in order. */
  get subjects(): string[] {
    return this.events.map(({ data }) => data.id);
  }

  ofType(type: string): Any[] {
    return this.events.filter((event) => event.type === type);
  }

  /** Takes nothing from the network until `resume`. */
  pause(): void {
    this.response.pause();
  }

  resume(): void {
    this.response.resume();
  }

  disconnect(): void {
    this.response.destroy();
  }

  private read(chunk: string): void {
    this.buffer += chunk;
    for (let end = this.buffer.indexOf('\n\n'); end !== -1; end = this.buffer.indexOf('\n\n')) {
      this.dispatch(this.buffer.slice(0, end).split('\n'));
      this.buffer = this.buffer.slice(end + 2);
    }
  }

  private dispatch(lines: readonly string[]): void {
    const fieldOf = (name: string): string | undefined =>
      lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
    this.lastEventId = fieldOf('id') ?? this.lastEventId;
    const retry = fieldOf('retry');
    if (retry !== undefined) this.retryMs = Number(retry);
    const data = fieldOf('data');
    if (data === undefined) return;
    const name = fieldOf('event');
    if (name === undefined) this.events.push(JSON.parse(data));
    else this.notices.push({ name, data: JSON.parse(data) });
  }
}
