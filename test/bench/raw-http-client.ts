import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  readonly body: string;
}

const endOfHead = Buffer.from('\r\n\r\n');

/**
 * One connection that stays open and carries one call after another. The load generator shares the machine with what it
 * measures, and `node:http` as a client took a third of the processor time of the services behind it.
 */
export class RawHttpClient {
  private readonly socket: Socket;
  private received: Buffer = Buffer.alloc(0);
  private waiting: { resolve: (answer: RawAnswer) => void; reject: (error: Error) => void } | undefined;

  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.socket = connect({ host: hostname, port: Number(port), noDelay: true });
    this.socket.on('data', (chunk) => this.take(chunk));
    this.socket.on('error', (error) => this.fail(error));
    this.socket.on('close', () => this.fail(new Error('the server has closed the connection')));
  }

  /** Sends a whole request, head and body, and resolves with its answer. */
  call(request: string): Promise<RawAnswer> {
    if (this.waiting) throw new Error('one call at a time');
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.socket.write(request);
    });
  }

  close(): void {
    this.waiting = undefined;
    this.socket.destroy();
  }

  private take(chunk: Buffer): void {
    this.received = this.received.length === 0 ? chunk : Buffer.concat([this.received, chunk]);
    const headEnds = this.received.indexOf(endOfHead);
    if (headEnds === -1) return;
    const head = this.received.toString('latin1', 0, headEnds);
    const length = /^content-length: *(\d+)/im.exec(head)?.[1];
    if (length === undefined) {
      this.fail(new Error(`an answer without a length: ${head}`));
      return;
    }
    const bodyStarts = headEnds + endOfHead.length;
    const bodyEnds = bodyStarts + Number(length);
    if (this.received.length < bodyEnds) return;
    const body = this.received.toString('utf8', bodyStarts, bodyEnds);
    this.received = this.received.subarray(bodyEnds);
    const { waiting } = this;
    this.waiting = undefined;
    waiting?.resolve({ status: Number(head.slice(9, 12)), body });
  }

  private fail(error: Error): void {
    this.waiting?.reject(error);
    this.waiting = undefined;
  }
}
