import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A TCP connection on which a test says whatever it wants. */
export class RawClient {
  private received = Buffer.alloc(0);
  private readonly closing: Promise<void>;
  private constructor(readonly socket: Socket) {
    socket.on('data', (chunk) => {
      this.received = Buffer.concat([this.received, chunk]);
    });
    socket.on('error', () => undefined);
    this.closing = new Promise((resolve) => socket.once('close', () => resolve()));
  }

  static async connect(url: string): Promise<RawClient> {
    const { port, hostname } = new URL(url);
    const socket = connect(Number(port), hostname);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return new RawClient(socket);
  }

  send(bytes: string | Buffer): this {
    this.socket.write(bytes);
    return this;
  }

  /** Everything until the server closes the connection. */
  async untilClosed(timeoutMs = 10_000): Promise<string> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('the server did not close the connection')), timeoutMs);
    });
    try {
      await Promise.race([this.closing, late]);
    } finally {
      clearTimeout(timer);
      this.socket.destroy();
    }
    return this.received.toString('latin1');
  }

  /** The first answer of a connection that the server closes. */
  async answer(timeoutMs?: number): Promise<RawAnswer> {
    return parseAnswer(await this.untilClosed(timeoutMs));
  }
}

/** Sends a request that ends the connection, and returns its answer. */
export async function exchange(url: string, bytes: string | Buffer): Promise<RawAnswer> {
  return (await RawClient.connect(url)).send(bytes).answer();
}

export function parseAnswer(text: string): RawAnswer {
  const end = text.indexOf('\r\n\r\n');
  const [statusLine = '', ...lines] = text.slice(0, end).split('\r\n');
  const headers = lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
  });
  return {
    status: Number(statusLine.split(' ')[1]),
    headers: Object.fromEntries(headers),
    body: text.slice(end + 4),
  };
}
