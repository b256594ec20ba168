/** A file that goes with a mail. Kept with the delivery until it is sent, so that it is the same at each try. */
export interface Attachment {
  filename: string;
  contentType: string;
  /** Text, sent as UTF-8. */
  content: string;
}

/** In characters. Mail servers refuse large mails; who makes up org paths by the thousand must not fill the outbox. */
export const LARGEST_ATTACHMENT = 512 * 1024;
