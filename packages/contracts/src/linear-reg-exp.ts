import { RE2JS } from 're2js';

/**
 * Regular expressions of people who define things, for the option `code.regExp` of Ajv. They take time in proportion to the text (RE2), where
 * those of JavaScript can take for ever, and nothing else happens in a process meanwhile.
 * @throws Error for what such a machine cannot do: references back and looking around
 */
export const linearRegExp = Object.assign(
  (pattern: string) => {
    const compiled = RE2JS.compile(pattern);
    return {
      test: (text: string): boolean => compiled.matcher(text).find(),
      // Ajv tells patterns apart by it.
      toString: () => pattern,
    };
  },
  // Ajv needs the source for validators that it writes to files; these are only run.
  { code: 'linearRegExp' },
);
