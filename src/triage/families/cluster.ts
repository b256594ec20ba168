/**
 * Points into families by k-means. How many: the k with the best mean silhouette (how much nearer each point is to its
 * own family than to the next), measured on a sample; what lies far from its family's centre is a family of its own.
 * The same points give the same families. Between steps of some milliseconds the process does its other work.
 */
import { setImmediate as otherWork } from 'node:timers/promises';
import { squaredDistance } from './vectors.ts';

/** Where k-means begins is chance; of a few beginnings, always the same ones, the best counts. */
const SEEDS = [20_251, 20_252, 20_253];
const KS = [2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 40];
/** The silhouette compares each with each. */
const SAMPLE = 150;
/** A family of its own for each point is no gathering; below this the points have no structure. */
const LEAST_SILHOUETTE = 0.15;
/** Squared distance of unit vectors, 2 − 2 cos: farther from the centre, a point has little in common with it. */
const FARTHEST = 0.9;

/** @returns the family of each point, as numbers from 0 */
export async function cluster(points: readonly number[][]): Promise<number[]> {
  if (points.length < 3) return points.map((point, index) => sameAsBefore(points, point, index));
  const best = await findCentres(spread(points, SAMPLE));
  if (!best) return points.map((point, index) => sameAsBefore(points, point, index));
  const { clusters, centroids } = await run(points, best, 40);
  return withoutStrangers(points, clusters, centroids);
}

interface Clustering {
  clusters: number[];
  centroids: number[][];
}

/** @returns null when no number of families is worth it */
async function findCentres(sample: readonly number[][]): Promise<number[][] | null> {
  const distances = distancesOf(sample);
  let best: { centres: number[][] | null; silhouette: number } = {
    centres: null,
    silhouette: LEAST_SILHOUETTE,
  };
  for (const seed of SEEDS) {
    const beginnings = chooseApart(distances, Math.min(sample.length - 1, Math.max(...KS)), seed);
    for (const k of KS.filter((one) => one <= beginnings.length)) {
      const centres = beginnings.slice(0, k).map((index) => sample[index] ?? []);
      const { clusters, centroids } = await run(sample, centres, 10);
      const silhouette = silhouetteOf(distances, clusters);
      if (silhouette > best.silhouette) best = { centres: centroids, silhouette };
    }
  }
  return best.centres;
}

async function run(
  points: readonly number[][],
  centres: number[][],
  maxIterations: number,
): Promise<Clustering> {
  // Loaded when somebody looks: 23 MB that most processes never need.
  const { kmeansGenerator } = await import('ml-kmeans');
  const options = { initialization: centres, maxIterations };
  let result: Clustering = { clusters: [], centroids: centres };
  for (const step of kmeansGenerator([...points], centres.length, options)) {
    result = step;
    await otherWork();
  }
  return result;
}

/** Of so many points that chance proposes the best becomes the next beginning. */
const PROPOSALS = 4;

/**
 * Points far from each other by greedy k-means++: chance proposes points in proportion to their squared distance from
 * the nearest chosen one, and that counts which brings all points nearest to a chosen one. On the distances that are
 * known already: ml-kmeans' own choice took ten times as long as all the rest. The first k of them are the choice for
 * any smaller k. @returns fewer when the points are few different ones
 */
function chooseApart(distances: readonly number[][], most: number, seed: number): number[] {
  const random = randomFrom(seed);
  const chosen = [Math.floor(random() * distances.length)];
  let nearest = distances.map((row) => (row[chosen[0] ?? 0] ?? 0) ** 2);
  while (chosen.length < most) {
    const sum = sumOf(nearest);
    if (sum < 1e-9) break;
    let best = { index: -1, nearest, sum: Infinity };
    for (let proposal = 0; proposal < PROPOSALS; proposal += 1) {
      const index = pick(nearest, random() * sum);
      const row = distances[index] ?? [];
      const next = nearest.map((one, at) => Math.min(one, (row[at] ?? 0) ** 2));
      const left = sumOf(next);
      if (left < best.sum) best = { index, nearest: next, sum: left };
    }
    chosen.push(best.index);
    nearest = best.nearest;
  }
  return chosen;
}

/** Where the weights, added up one by one, exceed the limit. */
function pick(weights: readonly number[], limit: number): number {
  let sum = 0;
  for (const [index, weight] of weights.entries()) {
    sum += weight;
    if (sum > limit) return index;
  }
  return weights.length - 1;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, one) => sum + one, 0);
}

/** A counter whose bits are mixed: the same numbers each time, and others for the next seed. From 0 to below 1. */
function randomFrom(seed: number): () => number {
  let counter = seed;
  return () => {
    counter = (counter + 0x9e3779b9) | 0;
    let bits = Math.imul(counter ^ (counter >>> 16), 0x21f0aaad);
    bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97);
    return ((bits ^ (bits >>> 15)) >>> 0) / 2 ** 32;
  };
}

/** Equal points are one family whatever the measure says. */
function sameAsBefore(points: readonly number[][], point: readonly number[], index: number): number {
  const first = points.findIndex((other) => squaredDistance(point, other) < 1e-9);
  return first < 0 ? index : first;
}

/** Every n-th: the points come in an order of size, and all sizes shall be heard. */
function spread(points: readonly number[][], most: number): number[][] {
  const step = Math.max(1, points.length / most);
  return Array.from(
    { length: Math.min(points.length, most) },
    (_none, index) => points[Math.floor(index * step)] ?? [],
  );
}

export function distancesOf(points: readonly number[][]): number[][] {
  return points.map((point) => points.map((other) => Math.sqrt(squaredDistance(point, other))));
}

/** Rousseeuw's mean silhouette, from −1 to 1; a point alone in its family counts 0. */
export function silhouetteOf(distances: readonly number[][], clusters: readonly number[]): number {
  const sizes: number[] = [];
  for (const one of clusters) sizes[one] = (sizes[one] ?? 0) + 1;
  let sum = 0;
  distances.forEach((row, index) => {
    const own = clusters[index] ?? 0;
    const size = sizes[own] ?? 0;
    if (size < 2) return;
    const totals = sizes.map(() => 0);
    row.forEach((distance, at) => {
      const family = clusters[at] ?? 0;
      totals[family] = (totals[family] ?? 0) + distance;
    });
    const inner = (totals[own] ?? 0) / (size - 1);
    const outer = totals.map((total, family) => (family === own ? Infinity : total / (sizes[family] ?? 1)));
    const nearest = Math.min(...outer);
    if (nearest < Infinity) sum += (nearest - inner) / Math.max(nearest, inner, 1e-9);
  });
  return sum / distances.length;
}

function withoutStrangers(
  points: readonly number[][],
  clusters: readonly number[],
  centroids: readonly number[][],
): number[] {
  return clusters.map((family, index) => {
    const distance = squaredDistance(points[index] ?? [], centroids[family] ?? []);
    return distance <= FARTHEST ? family : centroids.length + index;
  });
}
