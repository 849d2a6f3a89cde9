const lengths = /^[^@]{1,64}@(?:[^.@]{0,62}[^.@-](?:\.|$))+$/;

/**
 * Whether mail servers need to take an address of the right form: its part before the `@` has at most 64 characters
 * (RFC 5321, 4.5.3.1.1) and each label of the domain at most 63, of which the last is no hyphen (RFC 1035, 2.3.1 and 2.3.4).
 */
export function isDeliverable(address: string): boolean {
  return lengths.test(address);
}
