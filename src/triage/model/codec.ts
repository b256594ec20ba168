/**
 * A model as bytes: a magic word, the format's number, a checksum, and the rest compressed. Bytes that are cut short or
 * were written by another format are refused with a sentence, never read half.
 */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { FIELDS, FieldModel, type Field } from './field-model.ts';
import type { FeatureEntry } from './feature-table.ts';
import type { Outcome } from './calibration.ts';

const deflate = promisify(zlib.deflate);

/** Rises whenever features, weights or their layout change: older states mean something else then. */
export const FORMAT = 1;

const MAGIC = 'DTMM';
const CHECKSUM_BYTES = 16;
const HEADER_BYTES = MAGIC.length + 2 + CHECKSUM_BYTES;
/** Twice what the largest model takes: a compressed bomb is not unpacked. */
const MOST_BYTES = 128 * 2 ** 20;

export class UnreadableModel extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'UnreadableModel';
  }
}

export type FieldModels = Record<Field, FieldModel>;

export function newModels(): FieldModels {
  return {
    org: new FieldModel('org'),
    severity: new FieldModel('severity'),
    override: new FieldModel('override'),
  };
}

export async function encodeModels(models: FieldModels): Promise<Buffer> {
  const body = await deflate(Buffer.concat(FIELDS.flatMap((field) => encodeField(models[field]))), {
    level: 1,
  });
  const header = Buffer.alloc(HEADER_BYTES);
  header.write(MAGIC, 'latin1');
  header.writeUInt16LE(FORMAT, MAGIC.length);
  checksumOf(body).copy(header, MAGIC.length + 2);
  return Buffer.concat([header, body]);
}

/** @throws UnreadableModel */
export function decodeModels(bytes: Buffer): FieldModels {
  if (bytes.length < HEADER_BYTES || bytes.toString('latin1', 0, MAGIC.length) !== MAGIC)
    throw new UnreadableModel('it is no model, or only its beginning');
  const format = bytes.readUInt16LE(MAGIC.length);
  if (format !== FORMAT)
    throw new UnreadableModel(
      `it was written in format ${format}, this version of DaTamer reads format ${FORMAT}`,
    );
  const body = bytes.subarray(HEADER_BYTES);
  if (!checksumOf(body).equals(bytes.subarray(MAGIC.length + 2, HEADER_BYTES)))
    throw new UnreadableModel('its checksum is wrong: it was cut short or changed');
  const cursor = new Cursor(zlib.inflateSync(body, { maxOutputLength: MOST_BYTES }));
  const models = newModels();
  for (const field of FIELDS) decodeField(cursor, models[field]);
  return models;
}

function checksumOf(body: Buffer): Buffer {
  return createHash('sha256').update(body).digest().subarray(0, CHECKSUM_BYTES);
}

interface Head {
  classes: string[];
  counts: number[];
  learnt: number;
  features: number;
  weights: number;
  bias: number[];
  biasSquares: number[];
  typical: number;
  outcomes: [Outcome['signs'], number, number, number][];
}

function encodeField({ linear, calibration }: FieldModel): Buffer[] {
  const entries = [...linear.table.entries()];
  const classes = linear.classes.length;
  const head: Head = {
    classes: linear.classes,
    counts: linear.counts,
    learnt: linear.learnt,
    features: entries.length,
    weights: entries.reduce((sum, { ofClass }) => sum + ofClass.length, 0),
    bias: [...linear.bias.subarray(0, classes)],
    biasSquares: [...linear.biasSquares.subarray(0, classes)],
    typical: calibration.typical,
    outcomes: calibration.outcomes.map(({ signs, guessed, isRight, weight }) => [
      signs.map(rounded) as Outcome['signs'],
      guessed,
      isRight ? 1 : 0,
      rounded(weight),
    ]),
  };
  const text = Buffer.from(JSON.stringify(head));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  return [
    length,
    text,
    bytesOf(Int32Array.from(entries, ({ key }) => key)),
    bytesOf(Uint16Array.from(entries, ({ seen }) => seen)),
    bytesOf(Uint32Array.from(entries, ({ lastAt }) => lastAt)),
    bytesOf(Uint8Array.from(entries, ({ ofClass }) => ofClass.length)),
    ...entries.map(({ ofClass }) => bytesOf(ofClass)),
    ...entries.map(({ weights }) => bytesOf(weights)),
    ...entries.map(({ squares }) => bytesOf(squares)),
    ...entries.map(({ hits }) => bytesOf(hits)),
  ];
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function bytesOf(array: Int32Array | Uint16Array | Uint32Array | Uint8Array | Float32Array): Buffer {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength);
}

function decodeField(cursor: Cursor, { linear, calibration }: FieldModel): void {
  const head = JSON.parse(cursor.take(cursor.take(4).readUInt32LE()).toString()) as Head;
  head.classes.forEach((name, index) => {
    linear.addClass(name);
    linear.counts[index] = head.counts[index] ?? 0;
    linear.bias[index] = head.bias[index] ?? 0;
    linear.biasSquares[index] = head.biasSquares[index] ?? 0;
  });
  linear.resume(head.learnt);
  const keys = new Int32Array(cursor.copy(head.features * 4));
  const seen = new Uint16Array(cursor.copy(head.features * 2));
  const lastAt = new Uint32Array(cursor.copy(head.features * 4));
  const lengths = new Uint8Array(cursor.copy(head.features));
  const ofClass = new Uint16Array(cursor.copy(head.weights * 2));
  const weights = new Float32Array(cursor.copy(head.weights * 4));
  const squares = new Float32Array(cursor.copy(head.weights * 4));
  const hits = new Uint16Array(cursor.copy(head.weights * 2));
  let from = 0;
  for (let index = 0; index < head.features; index += 1) {
    const to = from + (lengths[index] ?? 0);
    const entry: FeatureEntry = {
      key: keys[index] ?? 0,
      seen: seen[index] ?? 0,
      lastAt: lastAt[index] ?? 0,
      ofClass: ofClass.subarray(from, to),
      weights: weights.subarray(from, to),
      squares: squares.subarray(from, to),
      hits: hits.subarray(from, to),
    };
    linear.table.put(entry);
    from = to;
  }
  calibration.typical = head.typical;
  calibration.outcomes = head.outcomes.map(([signs, guessed, right, weight]) => ({
    signs,
    guessed,
    isRight: right === 1,
    weight,
  }));
  calibration.draw();
}

class Cursor {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  take(length: number): Buffer {
    if (this.#at + length > this.#bytes.length) throw new UnreadableModel('it ends too early');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  /** Typed arrays need their own alignment. */
  copy(length: number): ArrayBuffer {
    return new Uint8Array(this.take(length)).buffer;
  }
}
