/** `7,713` */
export function presentNumber(value: number): string {
  return new Intl.NumberFormat('en').format(value);
}

/** `812 B`, `4.1 kB`, `12 MB` */
export function presentSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const [value, unit] = bytes < 1e6 ? [bytes / 1e3, 'kB'] : [bytes / 1e6, 'MB'];
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}
