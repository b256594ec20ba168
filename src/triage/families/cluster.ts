/**
 * Points into families by k-means. How many: the k with the best mean silhouette (how much nearer each point is to its
 * own family than to the next), measured on a sample; what lies far from its family's centre is a family of its own.
 * The same points give the same families.
 */
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
  // Loaded when somebody looks: 23 MB that most processes never need.
  const { kmeans } = await import('ml-kmeans');
  const sample = spread(points, SAMPLE);
  const distances = distancesOf(sample);
  let best = { k: 0, seed: 0, silhouette: LEAST_SILHOUETTE };
  for (const k of KS.filter((one) => one < sample.length)) {
    for (const seed of SEEDS) {
      const { clusters } = run(kmeans, sample, { k, seed, maxIterations: 10 });
      const silhouette = silhouetteOf(distances, clusters);
      if (silhouette > best.silhouette) best = { k, seed, silhouette };
    }
  }
  if (best.k === 0) return points.map((point, index) => sameAsBefore(points, point, index));
  const { clusters, centroids } = run(kmeans, points, { ...best, maxIterations: 40 });
  return withoutStrangers(points, clusters, centroids);
}

interface Clustering {
  clusters: number[];
  centroids: number[][];
}

type KMeans = (data: number[][], k: number, options: object) => Clustering;

interface Attempt {
  k: number;
  seed: number;
  maxIterations: number;
}

function run(kmeans: KMeans, points: readonly number[][], { k, seed, maxIterations }: Attempt): Clustering {
  return kmeans([...points], k, { seed, initialization: 'kmeans++', maxIterations });
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
