import { expect, test } from '@jest/globals';
import { describeError } from './describe-error.js';

test('given an error of the database, the row it quotes stays out', () => {
  const cause = Object.assign(new Error('duplicate key'), {
    code: '23505',
    detail: 'Key (email)=(ada@example.com) already exists.',
  });
  const described = describeError(new Error('could not register', { cause }));
  expect(described).toMatchObject({
    type: 'Error',
    message: 'could not register',
    cause: { message: 'duplicate key', errorCode: '23505' },
  });
  expect(JSON.stringify(described)).not.toContain('ada@example.com');
});

test('given errors that cause each other, it ends', () => {
  const one = new Error('one');
  one.cause = new Error('other', { cause: one });
  expect(JSON.stringify(describeError(one)).length).toBeLessThan(20_000);
});

test('given something that is no error, its content stays out', () => {
  expect(describeError({ password: 'secret' })).toEqual({
    type: 'object',
    message: 'something that is no Error was thrown',
  });
});
