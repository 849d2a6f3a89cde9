import { connect, createServer, type Server, type Socket } from 'node:net';
import { createDatabase, type Database, isDatabaseOutage } from '@florin/database';
import { createLogger } from '@florin/observability';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

let network: Server;
let database: Database;
const sockets: Socket[] = [];
let swallows = false;

beforeAll(async () => {
  const server = new URL(process.env.POSTGRES_URL!);
  // Forwards to PostgreSQL until it swallows everything without closing anything, as a frozen server does.
  network = createServer((near) => {
    const far = connect(Number(server.port || 5432), server.hostname);
    sockets.push(near, far);
    near.on('data', (bytes) => swallows || far.write(bytes));
    far.on('data', (bytes) => near.write(bytes));
    for (const socket of [near, far]) {
      socket.on('error', () => undefined);
      socket.on('close', () => (socket === near ? far : near).destroy());
    }
  });
  await new Promise<void>((resolve) => network.listen(0, '127.0.0.1', resolve));
  const url = new URL(server);
  url.host = `127.0.0.1:${(network.address() as { port: number }).port}`;
  database = createDatabase({
    url: url.href,
    applicationName: 'silent-server-test',
    maxConnections: 1,
    logger: createLogger({ service: 'test', level: 'silent' }),
    answerTimeoutMs: 500,
  });
});
afterAll(async () => {
  await database?.close();
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => network.close(resolve));
});

test.each([
  ['statement', () => silently(() => database.pool.query('SELECT 1'))],
  ['statement of a transaction', () => database.transaction((tx) => silently(() => tx.query('SELECT 1')))],
])('a %s that is never answered counts as an outage, and its connection is given up', async (_what, ask) => {
  await database.pool.query('SELECT 1');
  const error = await ask().then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(isDatabaseOutage(error)).toBe(true);
  swallows = false;
  const { rows } = await database.pool.query('SELECT 1 AS alive');
  expect(rows).toEqual([{ alive: 1 }]);
});

/** From here on nothing reaches the server. */
function silently<T>(work: () => Promise<T>): Promise<T> {
  swallows = true;
  return work();
}
