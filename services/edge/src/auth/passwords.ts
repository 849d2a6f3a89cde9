import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';

/** OWASP Password Storage Cheat Sheet: argon2id (the library's default) with 19 MiB, 2 passes, 1 lane. */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Hashes and checks passwords on the thread pool, away from the event loop. */
export interface Passwords {
  hash(password: string): Promise<string>;
  /** With an undefined hash it does the same work and answers false, so that time does not tell who exists. */
  matches(passwordHash: string | undefined, password: string): Promise<boolean>;
}

export function createPasswords(): Passwords {
  // Made at the start: were it made on demand, the first unknown email would take twice as long to refuse.
  const nobody = hash(randomBytes(16), parameters);
  return {
    hash: (password) => hash(password, parameters),
    async matches(passwordHash, password) {
      if (passwordHash !== undefined) return verify(passwordHash, password);
      await verify(await nobody, password);
      return false;
    },
  };
}
