/** Mails of three teams' own applications, for teaching the model: each team has boxes of its own. */
import type { MailText, World } from './world.ts';
import type { Tenant } from '../../src/accounts/tenants.ts';

export const TEAMS = ['shop.web', 'shop.db', 'bank.core'];

export class TeamMail {
  readonly #world: World;
  readonly #tenant: Tenant;
  #count = 0;

  constructor(world: World, tenant: Tenant) {
    this.#world = world;
    this.#tenant = tenant;
  }

  /** A number that no mail had before. */
  next(): number {
    this.#count += 1;
    return this.#count;
  }

  write(team: number, tags = ''): MailText {
    const count = this.next();
    const host = `box${team}-${Math.floor(count / 3) % 3}`;
    return {
      subject: `nightly job ${count} of ${host} ended`,
      from: `jobs@${host}.acme.example`,
      body: `host: ${host}\nrun ${count}\n${tags}`,
    };
  }

  /** Tagged mails of the teams in turn. */
  async teach(mails: number, orgs: readonly string[] = TEAMS): Promise<void> {
    for (let index = 0; index < mails; index += 1) {
      const team = index % orgs.length;
      await this.#world.arrive(this.#tenant, this.write(team, `:info: :org:${orgs[team]}:`));
    }
    await this.#world.settle();
  }
}
