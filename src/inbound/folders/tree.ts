/** The tree of folders on the server below a root: what is there, and making what is missing. */
import type { ImapFlow, ListResponse } from 'imapflow';
import { AppError } from '../../kernel/errors.ts';
import type { FolderMark } from './folder-marks.ts';
import { pathOf, placeOfPath, type Naming } from './folder-names.ts';
import type { Place } from './place.ts';

const STATUS = { messages: true, uidNext: true, uidValidity: true };

/** Tries at names that the server may refuse: each label of a path has at most one other name. */
const MOST_NAMES = 8;

export class FolderTree {
  readonly #client: ImapFlow;
  readonly #naming: Naming;
  #paths = new Set<string>();
  readonly #refused = new Set<string>();

  constructor(client: ImapFlow, rootFolder: string) {
    this.#client = client;
    const { prefix = '', delimiter = '/' } = client.namespace ?? {};
    this.#naming = {
      root: rootFolder.startsWith(prefix) ? rootFolder : prefix + rootFolder,
      delimiter: delimiter || '/',
      exists: (path) => this.#paths.has(path),
      isRefused: (path) => this.#refused.has(path),
    };
  }

  /** How all folders of the tree are now. Where the server offers it, one command whatever their number. */
  async look(): Promise<FolderMark[]> {
    const isOneCommand = this.#client.capabilities.has('LIST-STATUS');
    const listed = await this.#client.list(isOneCommand ? { statusQuery: STATUS } : {});
    const folders = listed.filter((folder) => canBeOpened(folder) && this.placeAt(folder.path) !== null);
    this.#paths = new Set(folders.map(({ path }) => path));
    const marks: FolderMark[] = [];
    for (const { path, status } of folders) {
      // One after the other: commands of a connection are.
      const known = status ?? (await this.#client.status(path, STATUS).catch(() => false as const));
      // A folder that went meanwhile is missing from the next look.
      if (!known || known.uidValidity === undefined) continue;
      const { uidValidity, uidNext = 1, messages = 0 } = known;
      marks.push({ path, uidValidity: String(uidValidity), uidNext, messages });
    }
    return marks;
  }

  /** Paths that were there at the last look, or made since. */
  knownPaths(): string[] {
    return [...this.#paths];
  }

  /** Folders that mails are thought to be in: the next look tells whether they are there. */
  expect(paths: readonly string[]): void {
    for (const path of paths) this.#paths.add(path);
  }

  /** Null for a path outside the tree. */
  placeAt(path: string): Place | null {
    return placeOfPath(path, this.#naming);
  }

  pathOf(place: Place): string {
    return pathOf(place, this.#naming);
  }

  exists(path: string): boolean {
    return this.#paths.has(path);
  }

  /** The server did not know it: it is made again when it is needed. */
  forget(path: string): void {
    this.#paths.delete(path);
  }

  /** Makes the folder of a place, and those above it, so that people see a tree. @returns its path @throws AppError */
  async make(place: Place): Promise<string> {
    for (let attempt = 0; attempt < MOST_NAMES; attempt += 1) {
      const path = this.pathOf(place);
      const missing = this.#lineOf(path).filter((one) => !this.#paths.has(one));
      const failure = await this.#create(missing);
      if (!failure) return path;
      this.#refused.add(failure.path);
      if (this.pathOf(place) === path) throw failure.error;
    }
    throw new AppError(`No folder can be made for ${place.join(' / ')}.`, { code: 'no-folder' });
  }

  #lineOf(path: string): string[] {
    const { root, delimiter } = this.#naming;
    const labels = placeOfPath(path, this.#naming) ?? [];
    return [root, ...labels.map((_label, at) => [root, ...labels.slice(0, at + 1)].join(delimiter))];
  }

  async #create(paths: readonly string[]): Promise<{ path: string; error: AppError } | null> {
    for (const path of paths) {
      try {
        await this.#client.mailboxCreate(path);
      } catch (error) {
        // Somebody else may have made it, which servers say in their own words.
        const listed = this.#client.usable ? await this.#client.list({ listOnly: true }) : [];
        if (!listed.some((folder) => folder.path === path && canBeOpened(folder))) {
          return { path, error: refusal(path, error) };
        }
      }
      this.#paths.add(path);
    }
    return null;
  }
}

function canBeOpened({ flags }: Pick<ListResponse, 'flags'>): boolean {
  return !flags.has('\\Noselect') && !flags.has('\\NonExistent');
}

function refusal(path: string, error: unknown): AppError {
  const said = (error as { responseText?: string }).responseText;
  return new AppError(`The folder ${path} cannot be made.${said ? ` The server says: ${said}` : ''}`, {
    code: 'no-folder',
    cause: error,
  });
}
