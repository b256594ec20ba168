/** What people ask for from their mail, by a reply or by a link. */
export type Command =
  | { verb: 'claim' }
  | { verb: 'snooze'; until: Date }
  | { verb: 'complete'; note: string | null }
  | { verb: 'note'; text: string }
  | { verb: 'split' }
  | { verb: 'reopen' }
  /** null: to nobody. */
  | { verb: 'assign'; email: string | null }
  | { verb: 'help' };

/** A reply's command, and the event where it names one by number. */
export type Asked = { command: Command; number: string | null } | { misunderstood: string };
