import { expect, test } from '@jest/globals';
import { isOutdatedHash } from './password-hash.js';

test.each([
  ['today’s parameters', '$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaA', false],
  ['less memory', '$argon2id$v=19$m=4096,t=2,p=1$c2FsdHNhbHQ$aGFzaA', true],
  ['more passes', '$argon2id$v=19$m=19456,t=20,p=1$c2FsdHNhbHQ$aGFzaA', true],
  ['another version', '$argon2id$v=16$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaA', true],
  ['another algorithm', '$argon2i$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaA', true],
])('a hash with %s', (_what, hash, outdated) => {
  expect(isOutdatedHash(hash)).toBe(outdated);
});
