import { z } from 'zod';

const text = z.string().min(1).max(200);

/** Searches by the beginning of a field, besides the filters that every list has. */
export const customerSearch = {
  'fullName[prefix]': text
    .optional()
    .meta({ description: 'Beginning of the name, in any case', example: 'ada l' }),
  'email[prefix]': text.optional().meta({ description: 'Beginning of the address', example: 'ada@' }),
  'phone[prefix]': text.optional().meta({ description: 'Beginning of the number', example: '+1415' }),
};

const columns = {
  'fullName[prefix]': 'searchName',
  'email[prefix]': 'email',
  'phone[prefix]': 'phone',
} as const;

/** The conditions of a search; each is answered by an index of its own. */
export function searchConditions(query: Readonly<Record<string, unknown>>): object[] {
  return Object.entries(columns).flatMap(([parameter, column]) => {
    const prefix = query[parameter];
    return typeof prefix === 'string' ? [{ [column]: { startsWith: literal(prefix.toLowerCase()) } }] : [];
  });
}

/** The database takes the beginning as a pattern: what is special in one is meant as it is written. */
function literal(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}
