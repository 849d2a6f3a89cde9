import { expect, test } from '@jest/globals';
import { signalHandler } from './signal-handler.js';

/** Ctrl-C at these times, and what was said and done about it. */
async function interrupted(isComplete: boolean, ...times: number[]): Promise<readonly string[]> {
  const heard: string[] = [];
  const handle = signalHandler({
    isComplete: () => isComplete,
    stop: async () => void heard.push('stop'),
    report: (line) => void heard.push(line.trim()),
    exit: (code) => void heard.push(`exit ${code}`),
    fail: (error) => void heard.push(String(error)),
  });
  for (const now of times) handle('SIGINT', now);
  await new Promise(setImmediate);
  return heard;
}

test('Ctrl-C before everything runs is answered, and ends at once', async () => {
  expect(await interrupted(false, 0)).toEqual(['SIGINT: stopping what has been started so far', 'exit 130']);
});

test('Ctrl-C stops in good order, though npm passes it on a second time', async () => {
  expect(await interrupted(true, 0, 900)).toEqual([
    'SIGINT: stopping the services, then the servers (once more to leave at once)',
    'stop',
    'Everything has stopped.',
    'exit 0',
  ]);
});

test('Ctrl-C once more leaves at once', async () => {
  expect((await interrupted(true, 0, 1_000)).slice(0, 3)).toEqual([
    expect.stringContaining('stopping the services'),
    'stop',
    'exit 130',
  ]);
});
