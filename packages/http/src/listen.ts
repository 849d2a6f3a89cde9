import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import { createServer, type ServerLimits } from './create-server.js';

export interface ListenOptions {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** How long `close` waits for requests in flight before it cuts them off. */
  readonly graceMs?: number;
  /** Where they differ from those of `createServer`. */
  readonly limits?: Partial<ServerLimits>;
}

export interface HttpServer {
  /** Base URL without a trailing slash. */
  readonly url: string;
  /** Stops accepting, lets requests in flight finish, cuts off what still runs after the grace time. */
  close(): Promise<void>;
}

export async function listen(app: Express, options: ListenOptions): Promise<HttpServer> {
  const server = createServer(app, options.limits);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  let closing: Promise<void> | undefined;
  return {
    url: urlOf(server),
    close: () => {
      closing ??= closeGracefully(server, options.graceMs ?? 10_000);
      return closing;
    },
  };
}

function urlOf(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo;
  const host = family === 'IPv6' ? `[${address}]` : address;
  return `http://${host}:${port}`;
}

async function closeGracefully(server: Server, graceMs: number): Promise<void> {
  await new Promise<void>((resolve) => {
    // A kept-alive connection turns idle only after its last answer, so looking once is not enough.
    const sweep = setInterval(() => server.closeIdleConnections(), 50);
    const cutOff = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearInterval(sweep);
      clearTimeout(cutOff);
      resolve();
    });
    server.closeIdleConnections();
  });
}
