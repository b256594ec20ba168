/** Labelled data is no part of the project: a variable names its folder, and without one there is nothing to measure. */
export function labelledFolder(variable: string, content: string): string {
  const folder = process.env[variable];
  if (folder) return folder;
  process.stdout.write(`Skipped: ${variable} names no folder with ${content}.\n`);
  process.exit(0);
}
