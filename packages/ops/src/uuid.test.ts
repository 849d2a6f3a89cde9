import { describe, expect, test } from '@jest/globals';
import type { Command } from 'commander';
import { createProgram } from './program.js';
import { uuid, uuids } from './uuid.js';

const id = '0198c5d2-7a4b-7c11-9d3e-5f60718293a4';

describe('an id', () => {
  test('is a UUID, in lower case whatever it was typed in', () => {
    expect(uuid(id.toUpperCase())).toBe(id);
  });

  test('may be one of several', () => {
    expect(uuids(id, uuids(id))).toEqual([id, id]);
  });

  test.each(['', 'nope', id.slice(1), `${id}0`, `{${id}}`, id.replace('-7c', '-0c')])('is not %p', (text) => {
    expect(() => uuid(text)).toThrow('Expected a UUID such as');
  });
});

/** Commander prints the usage as well, which is of no use among the results of tests. */
function silent(command: Command): Command {
  command.configureOutput({ writeErr: () => undefined });
  command.commands.forEach(silent);
  return command;
}

describe('what is no id is refused as wrong usage before the edge is asked', () => {
  test.each([
    ['ledger verify --wallet nope', "option '--wallet <id>' argument 'nope' is invalid"],
    ['ledger audit --wallet nope', "option '--wallet <id>' argument 'nope' is invalid"],
    ['dlq show nope', "'nope' is invalid for argument 'id'"],
    [`dlq replay ${id} nope`, "'nope' is invalid for argument 'ids'"],
    [`dlq discard ${id} nope --reason r`, "'nope' is invalid for argument 'ids'"],
    ['dlq edit nope --reason r', "'nope' is invalid for argument 'id'"],
    ['dlq approve nope 1', "'nope' is invalid for argument 'id'"],
    [`dlq approve ${id} first`, "'first' is invalid for argument 'revision'"],
    ['dlq revisions nope', "'nope' is invalid for argument 'id'"],
    ['dlq abort nope --reason r', "'nope' is invalid for argument 'replayId'"],
    ['api-keys rotate nope --overlap 0', "'nope' is invalid for argument 'id'"],
    ['api-keys revoke nope', "'nope' is invalid for argument 'id'"],
    ['api-keys usage nope', "'nope' is invalid for argument 'id'"],
    ['reconciliation show nope', "'nope' is invalid for argument 'id'"],
    ['reconciliation accept nope --reason r', "'nope' is invalid for argument 'id'"],
    ['reconciliation approve nope', "'nope' is invalid for argument 'id'"],
    [`reconciliation approve ${id} --seen it`, "option '--seen <version>' argument 'it' is invalid"],
    [
      `reconciliation propose ${id} --from cash --to suspense --amount 1 --reason r`,
      "option '--from <side>' argument 'cash' is invalid. Expected cash-in",
    ],
  ])('florin %s', async (line, message) => {
    // Nobody listens there: a call would fail as `unreachable`.
    const program = silent(createProgram({ FLORIN_URL: 'http://127.0.0.1:9' }));
    await expect(program.parseAsync(line.split(' '), { from: 'user' })).rejects.toMatchObject({
      code: 'commander.invalidArgument',
      message: expect.stringContaining(message),
    });
  });
});
