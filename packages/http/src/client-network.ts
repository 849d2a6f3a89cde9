const groups = 8;

/**
 * What stands for one client among addresses: an IPv4 address, or the first half of an IPv6 address, because a single
 * home has all 2^64 addresses of the other half.
 * @param address as `net.isIP` accepts it; anything else is returned as it is
 */
export function clientNetwork(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.replace(/%.*$/, '').split('::');
  const first = partsOf(head);
  const last = partsOf(tail ?? '');
  const zeros = tail === undefined ? 0 : Math.max(0, groups - first.length - last.length);
  const all = [...first, ...Array<string>(zeros).fill('0'), ...last];
  const half = all.slice(0, groups / 2).map((part) => Number.parseInt(part, 16).toString(16));
  return `${half.join(':')}::/64`;
}

/** The groups of one side of the `::`; a dotted quad at the end stands for two. */
function partsOf(side: string): string[] {
  return side === '' ? [] : side.split(':').flatMap((part) => (part.includes('.') ? ['0', '0'] : [part]));
}
