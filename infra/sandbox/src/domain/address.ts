/**
 * Compares a `?to=` filter with a phone number or mail address. A plus sign that a client forgot to encode arrives as
 * a space, and neither kind of address may hold a space: the plus is put back.
 */
export function sameAddress(filter: string, address: string): boolean {
  return filter.replaceAll(' ', '+').toLowerCase() === address.toLowerCase();
}
