/** The ways by which mail comes in. */
export type Door = 'imap' | 'smtp' | 'lmtp' | 'import';
