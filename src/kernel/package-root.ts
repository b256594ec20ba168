/** Where the package lies on disk: templates and assets are read from here, also when running from dist/. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));

/** dist/src/kernel → the folder that holds package.json. */
const root = path.resolve(here, '../../..');

export function inPackage(...parts: string[]): string {
  return path.join(root, ...parts);
}
