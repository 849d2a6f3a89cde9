import { execFileSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { createProgram } from '../program.js';
import { completionScript } from './completion.js';

const script = completionScript(createProgram({}), 'bash');

/** What bash offers when Tab is pressed at the end of `line`. */
function offered(line: string): string[] {
  const words = line.split(' ');
  const quoted = words.map((word) => `'${word}'`).join(' ');
  const press = `COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _florin; echo "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', `${script}\n${press}`], { encoding: 'utf8' })
    .trim()
    .split(' ');
}

describe('the completion of florin in bash', () => {
  test.each([
    ['florin b', ['breakers']],
    [
      'florin ',
      [
        'dlq',
        'redrive',
        'services',
        'stalled',
        'breakers',
        'outbox',
        'topics',
        'lag',
        'audits',
        'api-keys',
        'ledger',
        'reconciliation',
        'projections',
        'schemas',
        'completion',
        '--version',
        '--url',
        '--help',
      ],
    ],
    ['florin dlq re', ['replay', 'replays', 'revisions']],
    ['florin dlq replay some-id --ca', ['--canary']],
    ['florin --url http://x dlq dis', ['discard']],
    ['florin api-keys r', ['rotate', 'revoke']],
    ['florin api-keys rotate some-id --o', ['--overlap']],
    ['florin reconciliation ', ['breaks', 'show', 'accept', 'propose', 'approve', '--help']],
    ['florin dlq list --status ', ['pending', 'replaying', 'resolved', 'discarded', 'all']],
    ['florin dlq replay some-id --group n', ['notification']],
    ['florin schemas ', ['check', 'register', '--help']],
  ])('after "%s" offers %j', (line, expected) => {
    expect(offered(line)).toEqual(expected);
  });
});

test('the completion for zsh knows the same commands', () => {
  const zsh = completionScript(createProgram({}), 'zsh');
  const cases = (text: string): string[] => text.match(/".*"\) candidates=".*"/g) ?? [];
  expect(zsh).toContain('#compdef florin');
  expect(cases(zsh)).toEqual(cases(script));
  expect(cases(zsh).length).toBeGreaterThan(10);
});
