import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { keepPreviousLogs } from './keep-previous-logs.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'florin-logs-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('the logs of the start before are kept, those before them are not', () => {
  for (const run of ['first', 'second']) {
    keepPreviousLogs(folder);
    writeFileSync(join(folder, 'edge.log'), run);
  }
  keepPreviousLogs(folder);
  expect(readdirSync(folder)).toEqual(['edge.log.1']);
  expect(readFileSync(join(folder, 'edge.log.1'), 'utf8')).toBe('second');
});

test('the very first start has no logs to keep', () => {
  expect(() => keepPreviousLogs(join(folder, 'logs'))).not.toThrow();
});
