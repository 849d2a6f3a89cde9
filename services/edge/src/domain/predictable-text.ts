/**
 * What fingers and heads run along. Each line is a circle, and is read in both directions: the alphabet, the rows of
 * QWERTY, QWERTZ and AZERTY keyboards, and the columns of QWERTY.
 */
const lines = [
  'abcdefghijklmnopqrstuvwxyz',
  '1234567890',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'qwertzuiop',
  'yxcvbnm',
  'azertyuiop',
  'qsdfghjklm',
  'wxcvbn',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/',
];
const minRunLength = 3;
const minDistinctCharacters = 4;

/** True for `aaaaaaaaaaaa`, for `abcabcabcabc`, and for whatever else is a block said again, the last time perhaps in part. */
export function isRepetitive(text: string): boolean {
  if (new Set(text).size < minDistinctCharacters) return true;
  for (let period = 1; period <= text.length / 2; period++) {
    if (text.slice(period) === text.slice(0, -period)) return true;
  }
  return false;
}

/** True for a text that is nothing but runs along the alphabet, the digits or the keyboard: `abcdef654321`. */
export function isSequence(text: string): boolean {
  let position = 0;
  while (position < text.length) {
    const length = Math.max(...lines.map((line) => runLength(text, position, line)));
    if (length < minRunLength) return false;
    position += length;
  }
  return true;
}

/** How many characters from `start` follow each other on a line, in the direction that the first two take. */
function runLength(text: string, start: number, line: string): number {
  const place = line.indexOf(text.charAt(start));
  if (place < 0) return 0;
  const ahead = (steps: number) => line.charAt((place + steps + line.length * text.length) % line.length);
  const step = ahead(1) === text.charAt(start + 1) ? 1 : -1;
  let length = 1;
  while (start + length < text.length && ahead(step * length) === text.charAt(start + length)) length += 1;
  return length;
}

/**
 * True for a text that guessing tries early: one that `isCommon` knows, a repetition, a sequence, or one of these with
 * digits and punctuation around it (`password1234!`), unless those are longer and no such text themselves.
 * @param text in lower case
 */
export function isPredictable(text: string, isCommon: (text: string) => boolean): boolean {
  const isPlain = (part: string) => isCommon(part) || isRepetitive(part) || isSequence(part);
  const addsLittle = (padding: string, core: string) => padding.length <= core.length || isPlain(padding);
  const [lead] = /^[^\p{L}]*/u.exec(text)!;
  const rest = text.slice(lead.length);
  return (
    startsPlain(text, isPlain, addsLittle) ||
    (lead !== '' && addsLittle(lead, rest) && startsPlain(rest, isPlain, addsLittle))
  );
}

/** Where a core such as `abc123` ends and its padding begins cannot be seen, so every place is tried. */
function startsPlain(
  text: string,
  isPlain: (part: string) => boolean,
  addsLittle: (padding: string, core: string) => boolean,
): boolean {
  if (isPlain(text)) return true;
  const [padding] = /[^\p{L}]*$/u.exec(text)!;
  for (let length = 1; length <= Math.min(padding.length, text.length - 1); length++) {
    const [core, tail] = [text.slice(0, -length), text.slice(-length)];
    if (isPlain(core) && addsLittle(tail, core)) return true;
  }
  return false;
}
