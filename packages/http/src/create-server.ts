import { createServer as createNodeServer, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Express } from 'express';
import { answerClientError } from './client-errors.js';
import { clientNetwork } from './client-network.js';
import { messagesOf } from './express-messages.js';
import { maxBodyBytes } from './read-body.js';

/** What a client may take of a server, in time and in space. */
export interface ServerLimits {
  /** For the head of a request. */
  readonly headersTimeoutMs: number;
  /** For the whole request. An answer may take longer. */
  readonly requestTimeoutMs: number;
  /** Between requests on one connection. */
  readonly keepAliveTimeoutMs: number;
  /** How often connections are looked at for the three of them. */
  readonly checkEveryMs: number;
  /** Of the head of a request: its line and its headers. */
  readonly maxHeaderBytes: number;
  readonly maxConnections: number;
  /** Of one client: of an IPv4 address, or of a /64. More are closed at once. */
  readonly maxConnectionsPerClient: number;
}

const defaults: ServerLimits = {
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  // Longer than the idle timeout of common load balancers (60 s), so that the side that reuses connections is also
  // the side that closes them.
  keepAliveTimeoutMs: 65_000,
  // By default Node looks every 30 s, and a timeout of 10 s is one of up to 40.
  checkEveryMs: 1_000,
  maxHeaderBytes: 16 * 1024,
  maxConnections: 10_000,
  maxConnectionsPerClient: Number.POSITIVE_INFINITY,
};

/** A server that answers nonsense in the form of all other problems and gives nobody more than his share. */
export function createServer(app: Express, limits: Partial<ServerLimits> = {}): Server {
  const given = { ...defaults, ...limits };
  const answers = new WeakMap<Socket, ServerResponse>();
  const handle: Parameters<typeof createNodeServer>[1] = (request, response) => {
    answers.set(request.socket, response as ServerResponse);
    app(request, response as ServerResponse);
  };
  const server = createNodeServer(
    {
      ...messagesOf(app),
      maxHeaderSize: given.maxHeaderBytes,
      headersTimeout: given.headersTimeoutMs,
      requestTimeout: given.requestTimeoutMs,
      keepAliveTimeout: given.keepAliveTimeoutMs,
      connectionsCheckingInterval: given.checkEveryMs,
    },
    handle,
  );
  server.maxConnections = given.maxConnections;
  limitConnectionsPerClient(server, given.maxConnectionsPerClient);
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    answerClientError(error, socket as Socket, answers.get(socket as Socket));
  });
  server.on('checkContinue', (request, response) => {
    // Too long a body is refused without being asked for.
    if (!(Number(request.headers['content-length']) > maxBodyBytes)) response.writeContinue();
    handle(request, response);
  });
  // Expectations that are not known are ignored, as RFC 9110 allows: the answer says what became of the request.
  server.on('checkExpectation', handle);
  return server;
}

/** Nobody shall have all connections of a server. They are counted before a byte is read. */
function limitConnectionsPerClient(server: Server, limit: number): void {
  if (limit === Number.POSITIVE_INFINITY) return;
  const open = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const client = clientNetwork(socket.remoteAddress ?? '');
    const count = open.get(client) ?? 0;
    if (count >= limit) {
      socket.destroy();
      return;
    }
    open.set(client, count + 1);
    socket.once('close', () => {
      const left = (open.get(client) ?? 1) - 1;
      if (left === 0) open.delete(client);
      else open.set(client, left);
    });
  });
}
