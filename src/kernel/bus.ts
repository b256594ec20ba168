/**
 * Lifecycle signals inside one process: hints that something is worth looking at now. They carry no
 * truth: whoever hears one reads the database, and whoever misses one finds out at the next poll.
 */
import { EventEmitter } from 'node:events';

export class Bus<Signals extends Record<string, unknown>> {
  readonly #emitter = new EventEmitter();

  constructor() {
    // One listener for each open live page: a hundred viewers are no leak.
    this.#emitter.setMaxListeners(0);
  }

  emit<Name extends keyof Signals & string>(name: Name, value: Signals[Name]): void {
    this.#emitter.emit(name, value);
  }

  /** @returns a function that ends the subscription */
  on<Name extends keyof Signals & string>(name: Name, listener: (value: Signals[Name]) => void): () => void {
    this.#emitter.on(name, listener);
    return () => {
      this.#emitter.off(name, listener);
    };
  }
}
