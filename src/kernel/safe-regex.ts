/**
 * People's regular expressions, in an engine whose time grows with the length of the text only (RE2),
 * so that no pattern can stall the service. Backreferences and look-around do not exist there.
 */
import { RE2JS } from 're2js';
import { describeError } from './errors.ts';

/** Longer patterns compile to programs of many megabytes (RE2 expands `x{1000}`): an accident or an attack. */
const LONGEST_PATTERN = 2000;

export interface RegexMatch {
  text: string;
  start: number;
  end: number;
  /** Named groups that took part, `(?<host>…)` or `(?P<host>…)`. */
  groups: Record<string, string>;
}

export class SafeRegex {
  readonly #program: RE2JS;
  readonly #groupNames: string[];

  private constructor(program: RE2JS) {
    this.#program = program;
    this.#groupNames = Object.keys(program.namedGroups());
  }

  /**
   * Compiles `pattern`; letters match in either case.
   * @throws Error with a sentence for the person who wrote the pattern
   */
  static compile(pattern: string): SafeRegex {
    if (pattern.length > LONGEST_PATTERN) {
      throw new Error(`The pattern is longer than ${LONGEST_PATTERN} characters.`);
    }
    try {
      return new SafeRegex(RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE | RE2JS.MULTILINE));
    } catch (error) {
      throw new Error(
        `The pattern is not understood: ${describeError(error)}. ` +
          'Patterns follow RE2 syntax: no backreferences, no look-around.',
        { cause: error },
      );
    }
  }

  get groupNames(): readonly string[] {
    return this.#groupNames;
  }

  find(text: string): RegexMatch | null {
    const matcher = this.#program.matcher(text);
    if (!matcher.find()) return null;
    const groups: Record<string, string> = {};
    for (const name of this.#groupNames) {
      const value = matcher.group(name);
      if (value) groups[name] = value;
    }
    return { text: matcher.group() ?? '', start: matcher.start(), end: matcher.end(), groups };
  }
}
