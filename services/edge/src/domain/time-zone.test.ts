import { expect, test } from '@jest/globals';
import { isTimeZone } from './time-zone.js';

test.each([
  ['UTC', true],
  ['Europe/Berlin', true],
  ['America/Argentina/Ushuaia', true],
  ['', false],
  ['+02:00', false],
  ['Mars/Olympus', false],
])('%j is the name of a time zone: %s', (text, expected) => {
  expect(isTimeZone(text)).toBe(expected);
});
