import { describe, expect, test } from '@jest/globals';
import { parseCsv } from './parse-csv.js';

describe('CSV', () => {
  test.each<[string, string[][]]>([
    ['', []],
    [
      'a,b\r\nc,d\r\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'a,b\nc,d',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['"a,1","b ""x"" \r\n2",c', [['a,1', 'b "x" \r\n2', 'c']]],
    [
      'a,\n,b\n,',
      [
        ['a', ''],
        ['', 'b'],
        ['', ''],
      ],
    ],
    ['a\n\n\nb', [['a'], ['b']]],
    ['"",x', [['', 'x']]],
  ])('%j is %j', (text, records) => {
    expect(parseCsv(text)).toEqual(records);
  });

  test.each(['"a', '"a"b,c', 'a"b,c'])('%j is refused', (text) => {
    expect(() => parseCsv(text)).toThrow(expect.objectContaining({ code: 'csv-malformed' }));
  });
});
