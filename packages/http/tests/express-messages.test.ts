import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import express, { type Express, type Request, type Response } from 'express';
import { createServer } from '../src/create-server.js';

test('requests and responses have the prototypes of the application before it sees them', async () => {
  const app = express();
  app.get('/', (_request, response) => void response.send('hello'));
  const seen: unknown[] = [];
  const watched = Object.assign(
    (request: Request, response: Response) => {
      seen.push(Object.getPrototypeOf(request), Object.getPrototypeOf(response));
      app(request, response);
    },
    { request: app.request, response: app.response },
  ) as unknown as Express;
  const server = createServer(watched);
  try {
    const answer = await fetch(await urlOf(server));
    expect(await answer.text()).toBe('hello');
    expect(seen[0]).toBe(app.request);
    expect(seen[1]).toBe(app.response);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

function urlOf(server: Server): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () =>
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    );
  });
}
