import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const program = fileURLToPath(new URL('../dist/start.js', import.meta.url));

function start(
  env: Record<string, string>,
  ...args: string[]
): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [program, ...args], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, ...env },
  });
}

test('configuration that a service would refuse is said before anything starts, once', () => {
  const { status, stdout, stderr } = start({ LOG_LEVEL: 'loud', RETRY_DELAYS: 'banana' });
  expect(stdout).toBe('');
  expect(status).toBe(1);
  expect(stderr.trimEnd().split('\n')).toEqual([
    'florin: the configuration is invalid:',
    expect.stringMatching(/^ {2}LOG_LEVEL: .*expected one of/),
    expect.stringMatching(/^ {2}RETRY_DELAYS: expected one or more different durations/),
  ]);
});

test('ports that cannot be ports, or are the same, are said before anything starts', () => {
  const { status, stdout, stderr } = start({ EDGE_PORT: 'abc', WALLET_PORT: '8081', POSTGRES_URL: 'banana' });
  expect(stdout).toBe('');
  expect(status).toBe(1);
  expect(stderr.trimEnd().split('\n')).toEqual([
    'florin: the configuration is invalid:',
    '  EDGE_PORT: expected a port, an integer from 1 to 65535',
    '  APPLICATION_PORT (application service) and WALLET_PORT (wallet service): expected different ports, not 8081 for all of them',
    expect.stringMatching(/^ {2}POSTGRES_URL: expected a URL/),
  ]);
});

test('help is printed, and any other argument refused, before anything starts', () => {
  expect(start({}, '--help')).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^npm start\n/),
    stderr: '',
  });
  const { status, stdout, stderr } = start({}, '--port', '9080');
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toBe('florin: npm start takes no arguments, not "--port"; see npm start -- --help\n');
});
