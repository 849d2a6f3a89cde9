import { describe, expect, test } from '@jest/globals';
import { readConfig } from '../config.js';
import { routes } from '../open-api.js';
import { policyOf, ratesOf, refuseUnknownRoutes } from './route-policies.js';

const config = readConfig({
  NODE_ENV: 'test',
  RATE_LIMIT_ROUTES: 'getStatement=5/1s,logIn=2/1m',
});
const routeOf = (operationId: string) => routes.find((route) => route.operationId === operationId)!;

test.each([
  ['getWallet', 'reads'],
  ['listWallets', 'lists'],
  ['createTransaction', 'writes'],
  ['registerCustomer', 'public'],
  ['getStatement', 'getStatement'],
  ['logIn', 'logIn'],
])('calls to %s are counted by the quota %s', (operationId, policy) => {
  expect(policyOf(routeOf(operationId), config.RATE_LIMIT_ROUTES)).toBe(policy);
});

test('every route has a quota', () => {
  const rates = ratesOf(config);
  expect(routes.filter((route) => !rates[policyOf(route, config.RATE_LIMIT_ROUTES)])).toEqual([]);
  expect(rates.getStatement).toEqual({ quota: 5, windowMs: 1_000 });
});

describe('without configuration, outside production', () => {
  const rates = ratesOf(readConfig({ NODE_ENV: 'test' }));

  test.each(['reads', 'lists', 'writes'])('%s are limited to no less than 5,000 a second', (policy) => {
    const { quota, windowMs } = rates[policy]!;
    expect(quota / windowMs).toBeGreaterThanOrEqual(5);
  });

  test('an address may register or log in 50 times a second', () => {
    const { quota, windowMs } = rates.public!;
    expect(quota / windowMs).toBeGreaterThanOrEqual(0.05);
  });
});

test.each(['getStatement', 'getStatement=', 'getStatement=fast', 'a=1/1s,', 'reads=1/1s,reads=2/1s'])(
  'the setting %j is refused',
  (text) => {
    expect(() => readConfig({ NODE_ENV: 'test', RATE_LIMIT_ROUTES: text })).toThrow('RATE_LIMIT_ROUTES');
  },
);

test('a quota for a route that does not exist is refused', () => {
  const { RATE_LIMIT_ROUTES } = readConfig({ NODE_ENV: 'test', RATE_LIMIT_ROUTES: 'getWalet=1/1s' });
  expect(() => refuseUnknownRoutes(RATE_LIMIT_ROUTES, routes)).toThrow('getWalet');
  expect(() => refuseUnknownRoutes(config.RATE_LIMIT_ROUTES, routes)).not.toThrow();
});
