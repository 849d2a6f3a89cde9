import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { allMessages, consumerGroups, messageTopics, producersOf } from '@florin/contracts';
import { describe, expect, test } from '@jest/globals';
import { registeredMetrics } from './registered-metrics.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const documents = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...filesIn('docs', '.md')];

function filesIn(folder: string, extension: string): string[] {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return files.filter((file) => file.endsWith(extension)).map((file) => join(folder, file));
}

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

describe.each(documents)('%s', (path) => {
  test('links to files that exist', () => {
    const links = [...read(path).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, target]) => target!);
    expect(links.filter((target) => !existsSync(join(root, dirname(path), target)))).toEqual([]);
  });

  test('runs only npm scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const called = [...read(path).matchAll(/npm run (\w[\w:-]*)/g)].map(([, script]) => script!);
    expect(called.filter((script) => !(script in scripts))).toEqual([]);
  });
});

test('docs/operations.md names exactly the metrics of the code', () => {
  const named = [...read('docs/operations.md').matchAll(/^\| (`.+?) +\|/gm)].flatMap(([, cell]) =>
    [...cell!.matchAll(/`([a-z]+_[a-z_]+)/g)].map(([, name]) => name!),
  );
  const registered = registeredMetrics();
  expect(registered.length).toBeGreaterThan(5);
  expect(named.sort()).toEqual([...new Set(registered)].sort());
});

test('the table of topics in docs/architecture.md is that of the code', () => {
  const rows = [...read('docs/architecture.md').matchAll(/^\| `([\w.]+)` +\| (.+?) +\| (.+?) +\|$/gm)];
  const topics = rows.map(([, topic, sentBy, readBy]) => ({ topic, sentBy, readBy }));
  const names = (services: readonly string[]): string => [...new Set(services)].sort().join(', ');
  const expected = messageTopics.map((topic) => ({
    topic,
    sentBy: names(allMessages.filter((m) => m.topic === topic).flatMap(producersOf)),
    readBy: names(
      Object.values(consumerGroups)
        .filter(({ topics: read }) => (read as readonly string[]).includes(topic))
        .map(({ service }) => service),
    ),
  }));
  expect(topics).toEqual(expected);
});
