/**
 * What a tool's parser is: data. It says what its mails look like and where in them stand state, severity, hosts
 * and service; read-tool.ts does the reading. How to add one: docs/parsers.md.
 */
import type { MailState } from '../../events/mail-state.ts';
import type { Severity } from '../../events/severity.ts';
import type { MailView, Place } from './mail-view.ts';

export interface ToolParser {
  /** As in the tool's own documentation, lower case. */
  tool: string;
  /** The mail is the tool's when all literals of one sign are in it. */
  signs: readonly Sign[];
  /** In order: a field belongs to the first clue that gives it. */
  clues: readonly Clue[];
  /** What the words in the groups `state`, `severity` and `level` mean here, lower case; before the common words. */
  words?: Readonly<Record<string, Meaning>>;
  /** What counts when no clue has said it. */
  otherwise?: Meaning;
  /** It watches the machine it runs on: that is what the mail is about when no clue names a host. */
  isAboutSender?: boolean;
  /** Its mails are outputs of jobs: their words tell whether one failed, where no clue does. */
  isJob?: boolean;
  /** Its rows are groups whose hosts come and go: hosts are then no part of the signal. */
  isGroup?: boolean;
  /** Its own later mails are answers to the first ("Re: …"); of other tools an answer is a person's. */
  isThread?: boolean;
}

/** Plain lower-case texts, tested on lower-cased fields: at least one of from, subject, header or body. */
export interface Sign {
  from?: string;
  subject?: string;
  /** Beside `subject`, where a literal alone would take too much. */
  subjectIs?: RegExp;
  /** Name (lower case) and a part of its value; an empty part asks for the header alone. */
  header?: readonly [name: string, part: string];
  /** In the first screens of the text (LONGEST_BODY): the dearest test, so best beside another one. */
  body?: string;
}

export interface Clue {
  in: Place;
  /**
   * Its named groups are fields:
   * - `state`, `severity`: a word that says it; `level`: one that says both ("CRITICAL", "OK");
   * - `host`: a name or address; `hosts`: several, with commas or blanks between;
   * - `service`: the row on the tool's screen, with `part` behind it where a row has two names.
   * With the flag `g` every match gives hosts. Linear time only: outsiders write the text.
   */
  pattern: RegExp;
  /** What a match means by itself, beside its groups. */
  means?: Meaning;
}

export interface Meaning {
  state?: MailState;
  /** null: the tool states none, and nobody else's wording counts. */
  severity?: Severity | null;
  service?: string | null;
  /** The tool names hosts in its clues or nowhere: what else looks like one in the mail is a detail. */
  hosts?: 'none';
}

/** What has been understood of one mail, each with what spoke. */
export interface Reading {
  tool: string;
  state?: Said<MailState>;
  severity?: Said<Severity | null>;
  hosts?: Said<string[]>;
  service?: Said<string | null>;
  isGroup?: boolean;
}

export interface Said<T> {
  value: T;
  /** A quotation, for the explain card: `“CRITICAL” in the subject`. */
  reason: string;
}

/** A reader that needs more than data; both kinds stand in the registry. */
export interface Reader {
  tool: string;
  signs: readonly Sign[];
  read: (mail: MailView) => Reading | null;
}

export type AnyParser = ToolParser | Reader;
