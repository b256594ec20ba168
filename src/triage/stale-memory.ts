/**
 * What this process knows of a tenant is old: another one has triaged the tenant since, or people went back to another
 * version of the model. Nothing of it may be written; it is loaded anew, and the mails are taken up again.
 */
export class StaleMemory extends Error {
  constructor(reason: string) {
    super(`${reason}; the mails are taken up anew.`);
    this.name = 'StaleMemory';
  }
}
