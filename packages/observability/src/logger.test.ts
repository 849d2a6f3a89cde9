import { expect, test } from '@jest/globals';
import { createLogger } from './logger.js';

test.each(['err', 'error'])(
  'given a database error as %s, the row that it quotes stays out of the line',
  (field) => {
    const lines: string[] = [];
    const logger = createLogger(
      { service: 'test', level: 'info' },
      { write: (line) => void lines.push(line) },
    );
    const error = Object.assign(new Error('duplicate key'), {
      detail: 'Key (email)=(ada@example.com) exists.',
    });
    logger.error({ [field]: error }, 'failed');
    expect(lines.join()).toContain('duplicate key');
    expect(lines.join()).not.toContain('ada@example.com');
  },
);

test('given an error that is only a message, the line keeps it', () => {
  const lines: string[] = [];
  const logger = createLogger({ service: 'test', level: 'info' }, { write: (line) => void lines.push(line) });
  logger.warn({ error: 'connection lost' }, 'failed');
  expect(JSON.parse(lines.join())).toMatchObject({ error: 'connection lost' });
});
