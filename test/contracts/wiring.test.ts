import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { allMessages, consumerGroups, producersOf } from '@florin/contracts';
import { describe, expect, test } from '@jest/globals';

const root = new URL('../../services/', import.meta.url).pathname;
const services = readdirSync(root);

/** What the ledger understands before anybody asks for it. A name leaves the list when its sender is written. */
const withoutSender = new Set(['IncrementHold']);

/** Names that the sources of a service import from the contracts as values: what it sends or handles. */
function messagesUsedBy(service: string): Set<string> {
  const folder = join(root, service, 'src');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const sources = files.filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  const imports = sources.flatMap((file) => [
    ...readFileSync(join(folder, file), 'utf8').matchAll(/^import \{([^}]+)\} from '@florin\/contracts'/gm),
  ]);
  const names = imports.flatMap((found) => found[1]!.split(',')).map((name) => name.trim());
  return new Set(names.filter((name) => !name.startsWith('type ')));
}

// AsyncAPI and the documentation say who sends what. Nothing else in the code depends on it, so this keeps it true.
describe.each(services)('messages of %s', (service) => {
  const used = messagesUsedBy(service);
  const groups = Object.values(consumerGroups).filter((group) => group.service === service);
  const reads: readonly string[] = groups.flatMap(({ topics }) => topics);

  test('it knows every message that it is said to send', () => {
    const sent = allMessages.filter((m) => m.topic !== 'ops.events' && producersOf(m).includes(service));
    const names = sent.map((m) => m.name.split('.').at(-1)!);
    expect(names.filter((name) => used.has(name) === withoutSender.has(name))).toEqual([]);
  });

  test('it knows no message that it neither sends nor reads', () => {
    const others = allMessages.filter((m) => !producersOf(m).includes(service) && !reads.includes(m.topic));
    expect(others.map((m) => m.name.split('.').at(-1)!).filter((name) => used.has(name))).toEqual([]);
  });
});
