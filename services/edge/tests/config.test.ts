import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { localTokenKey } from '../src/auth/access-tokens.js';
import { readConfig } from '../src/config.js';

const production = {
  NODE_ENV: 'production',
  EDGE_DATABASE_URL: 'postgres://edge@db/edge',
  SEAL_KEY: randomBytes(32).toString('base64'),
  TOKEN_SECRET_KEY: randomBytes(32).toString('base64'),
  PSP_WEBHOOK_SECRET: randomBytes(32).toString('base64'),
};

test('production starts with secrets of its own', () => {
  expect(readConfig(production).NODE_ENV).toBe('production');
});

test.each(['EDGE_DATABASE_URL', 'SEAL_KEY', 'TOKEN_SECRET_KEY', 'PSP_WEBHOOK_SECRET'])(
  'production refuses to start without %s',
  (name) => {
    expect(() => readConfig({ ...production, [name]: undefined })).toThrow(name);
  },
);

test('production refuses the public default of a secret even when it is spelled out', () => {
  expect(() => readConfig({ ...production, TOKEN_SECRET_KEY: localTokenKey })).toThrow('TOKEN_SECRET_KEY');
});

test('a local start needs no configuration', () => {
  expect(readConfig({})).toMatchObject({ EDGE_PORT: 8080, TOKEN_SECRET_KEY: localTokenKey });
});

test('an error names the variable and not its value', () => {
  expect(() => readConfig({ EDGE_PORT: 'not-a-port' })).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining('not-a-port') }),
  );
});
