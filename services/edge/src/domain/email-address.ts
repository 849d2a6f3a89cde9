const tooLongLocalPart = /^[^@]{65,}/;
const wrongLabel = /[^.@]{64,}(?:\.|$)|-(?:\.|$)/;

/**
 * Whether mail servers may refuse an address, whatever else is wrong with it: its part before the `@` has more than 64
 * characters (RFC 5321, 4.5.3.1.1), or a label of the domain more than 63 or a hyphen at its end (RFC 1035, 2.3.1 and 2.3.4).
 */
export function isUndeliverable(address: string): boolean {
  const domain = address.slice(address.lastIndexOf('@') + 1);
  return tooLongLocalPart.test(address) || wrongLabel.test(domain);
}
