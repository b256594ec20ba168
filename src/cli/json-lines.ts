/** Files with one JSON document a line, read as they are needed: they may be larger than memory. */
import fs from 'node:fs';
import readline from 'node:readline';
import type { z } from 'zod';
import { describeError } from '../kernel/errors.ts';
import { CommandFailed } from './context.ts';

/** @throws CommandFailed with the file's name and the line that is not as the schema says */
export async function* readJsonLines<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
): AsyncGenerator<z.infer<Schema>> {
  let number = 0;
  try {
    const lines = readline.createInterface({ input: fs.createReadStream(file), crlfDelay: Infinity });
    for await (const line of lines) {
      number += 1;
      if (line.trim() !== '') yield schema.parse(JSON.parse(line));
    }
  } catch (error) {
    const where = number > 0 ? `${file}, line ${number}` : file;
    throw new CommandFailed(`${where}: ${describeError(error)}`);
  }
}
