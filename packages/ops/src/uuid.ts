import { InvalidArgumentError } from 'commander';

/** Versions and variant as in RFC 9562: what ids of Florin look like. */
const form = /^[\da-f]{8}-[\da-f]{4}-[1-8][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/i;
const example = '0198c5d2-7a4b-7c11-9d3e-5f60718293a4';

export function isUuid(text: string): boolean {
  return form.test(text);
}

/** An id, checked before anybody is asked for what it names. @throws InvalidArgumentError for anything but a UUID */
export function uuid(text: string): string {
  if (!isUuid(text)) throw new InvalidArgumentError(`Expected a UUID such as ${example}.`);
  return text.toLowerCase();
}

/** The same for an argument that may be repeated. */
export function uuids(text: string, before: readonly string[] = []): string[] {
  return [...before, uuid(text)];
}
