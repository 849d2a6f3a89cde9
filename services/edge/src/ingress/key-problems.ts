import { Problem } from '@florin/http';

export function keyReused(): Problem {
  return new Problem(422, 'idempotency-key-reused', 'The Idempotency-Key was used with another request.');
}

export function keyInFlight(): Problem {
  return new Problem(409, 'idempotency-key-in-flight', 'The first request with this key is in progress.', {
    headers: { 'Retry-After': '1' },
  });
}

/** Permanent: it cannot be run again, and what it answered is not known. Only looking at what it did can help. */
export function answerLost(): Problem {
  return new Problem(
    409,
    'idempotency-answer-lost',
    'The first request with this key took effect, but its answer was lost for good. Look at what it did before you send another key.',
  );
}
