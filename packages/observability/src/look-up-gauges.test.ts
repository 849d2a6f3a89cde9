import { expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { createLookUpGauges } from './look-up-gauges.js';

test('gauges that share a look-up are all of this scrape, the first one included', async () => {
  const registry = new Registry();
  let lookUps = 0;
  createLookUpGauges(
    registry,
    { queue_age_seconds: { help: 'age' }, queue_depth: { help: 'depth', labelNames: ['queue'] } },
    async () => {
      lookUps++;
      await new Promise((resolve) => setImmediate(resolve));
      return [
        { name: 'queue_depth', labels: { queue: 'a' }, value: lookUps * 10 },
        { name: 'queue_age_seconds', value: lookUps },
      ];
    },
  );
  for (const scrape of [1, 2]) {
    const text = await registry.metrics();
    expect(text).toContain(`queue_age_seconds ${scrape}\n`);
    expect(text).toContain(`queue_depth{queue="a"} ${scrape * 10}\n`);
    expect(lookUps).toBe(scrape);
  }
});

test('a look-up that fails does not take the other metrics with it, and shows nothing that is no longer known', async () => {
  const registry = new Registry();
  let isAway = false;
  createLookUpGauges(
    registry,
    { age_seconds: { help: 'age' }, findings: { help: 'findings', labelNames: ['kind'] } },
    async () => {
      if (isAway) throw new Error('the database is away');
      return [
        { name: 'age_seconds', value: 5 },
        { name: 'findings', labels: { kind: 'books' }, value: 1 },
      ];
    },
  );
  expect(await registry.metrics()).toContain('findings{kind="books"} 1\n');
  isAway = true;
  const text = await registry.metrics();
  expect(text).toMatch(/^age_seconds NaN$/im);
  expect(text).not.toContain('findings{');
});
