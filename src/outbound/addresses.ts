/** Where this installation is reached: what links and Message-IDs of notices are made of. */
export interface Addresses {
  /** Address of the pages, without a slash behind. */
  baseUrl: string;
  /** What stands behind the @ of Message-IDs. */
  mailDomain: string;
}
