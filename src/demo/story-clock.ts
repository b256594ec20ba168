/** A clock that stands until it is moved on: what happened before the demo began is lived through by it. */
import type { Clock } from '../kernel/clock.ts';

export class StoryClock implements Clock {
  #now: Date;

  constructor(start: Date) {
    this.#now = start;
  }

  now(): Date {
    return this.#now;
  }

  moveTo(instant: Date): void {
    this.#now = instant;
  }
}
