/** OWASP Password Storage Cheat Sheet: argon2id (version 19) with 19 MiB, 2 passes, 1 lane. */
export const hashParameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

const current = `$argon2id$v=19$m=${hashParameters.memoryCost},t=${hashParameters.timeCost},p=${hashParameters.parallelism}$`;

/**
 * True for a hash of other parameters than today's, weaker or stronger: when its owner signs in, the password is at
 * hand to hash it anew.
 * @param hash in the PHC string format
 */
export function isOutdatedHash(hash: string): boolean {
  return !hash.startsWith(current);
}
