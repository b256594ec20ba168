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

/**
 * Points far from each other by k-means++: each next one by chance, in proportion to its squared distance from the
 * nearest chosen one. On the distances that are known already: ml-kmeans' own choice took ten times as long as all the
 * rest. The first k of them are the choice for any smaller k. @returns fewer when the points are few different ones
 */
function chooseApart(distances: readonly number[][], most: number, seed: number): number[] {
  const random = randomFrom(seed);
  const chosen = [Math.floor(random() * distances.length)];
  const nearest = distances.map((row) => (row[chosen[0] ?? 0] ?? 0) ** 2);
  while (chosen.length < most) {
    const sum = nearest.reduce((total, one) => total + one, 0);
    if (sum < 1e-9) break;
    let left = random() * sum;
    const found = nearest.findIndex((one) => (left -= one) < 0);
    const next = found < 0 ? nearest.length - 1 : found;
    chosen.push(next);
    distances.forEach((row, index) => {
      nearest[index] = Math.min(nearest[index] ?? 0, (row[next] ?? 0) ** 2);
    });
  }
  return chosen;
}

/** Marsaglia's xorshift with 32 bits: the same numbers each time. @returns numbers from 0 to below 1 */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
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
