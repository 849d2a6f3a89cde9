import { once } from 'node:events';
import { createConnection, createServer, type Server, type Socket } from 'node:net';

/** A way to a server that can be cut, or freeze: a frozen one keeps its connections and lets nothing through. */
export class NetworkLink {
  private readonly pairs = new Set<readonly [Socket, Socket]>();
  private state: 'open' | 'cut' | 'frozen' = 'open';

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async to(host: string, port: number): Promise<NetworkLink> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const link = new NetworkLink(server, (server.address() as { port: number }).port);
    server.on('connection', (near) => link.connect(near, host, port));
    return link;
  }

  cut(): void {
    this.state = 'cut';
    for (const pair of this.pairs) for (const socket of pair) socket.destroy();
  }

  freeze(): void {
    this.state = 'frozen';
    for (const pair of this.pairs) for (const socket of pair) socket.unpipe().pause();
  }

  mend(): void {
    this.state = 'open';
    for (const [near, far] of this.pairs) near.pipe(far).pipe(near);
  }

  async close(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }

  private connect(near: Socket, host: string, port: number): void {
    if (this.state === 'cut') {
      near.destroy();
      return;
    }
    const far = createConnection(port, host);
    const pair = [near, far] as const;
    this.pairs.add(pair);
    for (const socket of pair) {
      socket.on('error', () => undefined);
      socket.once('close', () => {
        this.pairs.delete(pair);
        for (const other of pair) other.destroy();
      });
    }
    if (this.state === 'open') near.pipe(far).pipe(near);
    else near.pause();
  }
}
